"""What made a run's predictions: the questions, the model, the settings, the prompts and the versions, by their hashes.

Two runs of equal records answer alike, as far as anybody can tell; no record holds a path or a secret.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..retrieval import Embedder
from .sets import EvalSet

if TYPE_CHECKING:
    from ..backends import Backend
    from ..config import Settings

_PACKAGES = ("autogen-agentchat", "onnxruntime", "tokenizers", "transformers", "xllamacpp")


def describe_set(eval_set: EvalSet, limit: int | None, seed: int) -> dict[str, Any]:
    return {"set": {"name": eval_set.name, "sha256": eval_set.sha256}, "limit": limit, "seed": seed}


def describe_retrieval(embedder: Embedder, mode: str) -> dict[str, Any]:
    return {"embedder": str(getattr(embedder, "fingerprint", embedder.name)), "mode": mode, "versions": _versions()}


def describe_answering(
    backend: Backend, embedder: Embedder, settings: Settings, prompts: Path | None, model_file: Path | None
) -> dict[str, Any]:
    """`model_file` holds the weights, where they are on this disk; `prompts` is the folder of a person's own."""
    from ..agents import prompt_texts

    return {
        "team": settings.agents.team,
        "backend": backend.name,
        "model": {"name": backend.model, "sha256": _digest(model_file), "adapter": backend.adapter, "style": backend.style},
        "embedder": str(getattr(embedder, "fingerprint", embedder.name)),
        "settings": {
            "agents": settings.agents.model_dump(mode="json", exclude={"team"}),
            "retrieval": settings.retrieval.model_dump(mode="json"),
        },
        "prompts": {name: _hash(text.encode()) for name, text in prompt_texts(prompts).items()},
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    versions = {"ayllu": __version__}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def _digest(file: Path | None) -> str | None:
    if file is None or not file.is_file():
        return None
    with file.open("rb") as weights:
        return hashlib.file_digest(weights, "sha256").hexdigest()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
