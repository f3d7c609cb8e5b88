"""Rerankers by the name that `retrieval.reranker` gives them; others join by the entry point group `ayllu.rerankers`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from ...errors import AylluError, ConfigError
from ...models import ModelStore, reranker_name
from ...text import one_line
from .base import Reranker
from .onnx import MODEL_FILE, OnnxReranker
from .sentence_transformers import SentenceTransformersReranker

GROUP = "ayllu.rerankers"


def open_reranker(spec: str, models: ModelStore) -> Reranker:
    """The reranker that `spec` names; its model is loaded, or pulled, by the first question.

    A reranker of the manifest · `onnx:FOLDER` with `model.onnx` and `tokenizer.json` · `sentence-transformers:HUB_ID` · the
    name of an entry point, which is called without arguments.

    Raises:
        ConfigError: `spec` is none of these, or what the entry point gives is no reranker.
    """
    kind, _, rest = spec.partition(":")
    if (known := reranker_name(spec)) is not None:
        return OnnxReranker(f"onnx:{known}", partial(models.ensure, known), models.info(known).context)
    if kind == "onnx" and rest:
        return _in_folder(Path(rest).expanduser())
    if kind == "sentence-transformers" and rest:
        return SentenceTransformersReranker(rest)
    for point in entry_points(group=GROUP, name=spec):
        return _loaded(point)
    raise ConfigError(
        f"`retrieval.reranker` = {spec!r} names no reranker.",
        hint="Use none, model, sentence-transformers:HUB_ID, onnx:FOLDER, or a reranker's name of `ayllu models list`.",
    )


def _in_folder(folder: Path) -> Reranker:
    if not (folder / MODEL_FILE).is_file():
        raise ConfigError(
            f"`retrieval.reranker` names {folder}, which has no {MODEL_FILE}.",
            hint="Name a folder with model.onnx and tokenizer.json, or a reranker's name of `ayllu models list`.",
        )
    return OnnxReranker(f"onnx:{folder}", lambda: folder)


def _loaded(point: EntryPoint) -> Reranker:
    package = one_line((point.dist.name if point.dist is not None else "") or point.value, 60)
    try:
        open_plugin: Callable[[], Reranker] = point.load()
        reranker = open_plugin()
        if not callable(getattr(reranker, "score", None)) or not isinstance(getattr(reranker, "name", None), str):
            raise TypeError(f"it gives a {type(reranker).__name__}, which is no reranker")
    except AylluError:
        raise
    except (Exception, SystemExit) as error:  # an edge: a stranger's code, named in the message
        reason = one_line(str(error), 200).rstrip(".") or type(error).__name__
        raise ConfigError(
            f"The reranker plug-in {package} ({one_line(point.value, 100)}) cannot be loaded: {reason}.",
            hint=f"Install what it lacks, update it, or remove it: `pip uninstall {package}`.",
        ) from error
    return reranker
