"""An adapter in the forms that other servers take.

`gguf` is llama.cpp's; `peft` the folder that TGI (`LORA_ADAPTERS`) and vLLM (`--lora-modules`) load beside a base model;
`merged` a whole Hugging Face folder that needs neither a base nor an adapter. Each is written whole or not at all, without
pickles. A merged folder is read by transformers 4 and 5 alike, and by what is built on either.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from ...adapters import Adapter, size_on_disk
from ...errors import AylluError, NotFound, UsageError
from ...models import DiskFull, ModelStore, load_base, sha256
from ...text import one_line, size
from ..errors import Unsupported
from ..methods.sft import check_installed
from . import gguf as gguf_adapter

Dtype = Literal["bfloat16", "float16", "float32"]
Announce = Callable[[str], None]
_WIDTHS: Mapping[Dtype, int] = {"bfloat16": 2, "float16": 2, "float32": 4}  # bytes
_MARGIN_BYTES = 50_000_000  # kept free on the disk; a tokenizer takes some of it
_CONFIG, _WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
# What every reader of a PEFT adapter knows; of the rest only what differs from its default is written.
_KNOWN = frozenset(
    "peft_type task_type base_model_name_or_path r lora_alpha lora_dropout target_modules bias fan_in_fan_out inference_mode"
    " init_lora_weights modules_to_save use_rslora".split()
)


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    path: Path
    files: Sequence[str]
    size_bytes: int


class WriteFailed(AylluError):
    """The target could not be written to."""

    kind = "write_failed"


def base_of(adapter: Adapter, models: ModelStore, chat: str) -> Path:
    """The file of the model that `adapter` was trained on; `chat` is the model that the settings name.

    Raises:
        NotFound: it is not known here.
        UsageError: what is here is another file than then.
    """
    named = [name for name in (adapter.base, chat) if _is_base(name, adapter, models)]
    if not named:
        raise NotFound(f"The model {adapter.base} is not known here.", hint="Name its file or folder: `--base PATH`.")
    path = models.ensure(named[0])
    if path.is_file() and sha256(path) != adapter.base_sha256:
        raise UsageError(
            f"{path} is not the file that {adapter.adapter_id} was trained on.",
            hint="Name the right one, or this one if you mean it: `--base PATH`.",
        )
    return path


def export_gguf(adapter: Path, base: Path | None, out: Path, announce: Announce) -> Exported:
    """Write `adapter.gguf` of the registry's folder `adapter` into `out`; where there is none yet, it is made for `base`.

    Raises:
        Unsupported: llama.cpp has no such adapter.
        UsageError: `out` holds something; there is no adapter.
        ExtraMissing, DiskFull, WriteFailed: it cannot be written.
    """
    made = adapter / "adapter.gguf"
    with _whole(out, size_on_disk(made if made.is_file() else _peft(adapter)), announce) as staging:
        if made.is_file():
            shutil.copyfile(made, staging / made.name)
        elif base is not None:
            check_installed()
            gguf_adapter.export(_peft(adapter), base, staging / made.name)
        else:
            raise UsageError(f"{adapter} has no {made.name}.", hint="Name the base it is to be made for: `--base PATH`.")
    return _exported(out)


def export_peft(adapter: Path, out: Path, base_name: str, announce: Announce) -> Exported:
    """Write the PEFT adapter of the registry's folder `adapter` into `out`; its base is called `base_name` (hub id or path).

    Raises:
        UsageError: `out` holds something; there is no adapter.
        ExtraMissing, DiskFull, WriteFailed: it cannot be written.
    """
    check_installed()
    from peft import LoraConfig

    source = _peft(adapter)
    plain = LoraConfig().to_dict()
    config = json.loads((source / _CONFIG).read_text("utf-8"))
    kept = {name: value for name, value in config.items() if name in _KNOWN or value != plain.get(name)}
    with _whole(out, size_on_disk(source), announce) as staging:
        shutil.copyfile(source / _WEIGHTS, staging / _WEIGHTS)
        _write_json(staging / _CONFIG, {**kept, "base_model_name_or_path": base_name, "inference_mode": True})
    return _exported(out)


def export_merged(adapter: Path | None, base: Path, out: Path, dtype: Dtype, announce: Announce) -> Exported:
    """Write `base`, a GGUF file or a Hugging Face folder, into `out` with the adapter (none: as it is) merged into it.

    Merged at f32, then rounded to `dtype`.

    Raises:
        UsageError: `out` holds something; there is no adapter.
        Unsupported: the base cannot be read, or the adapter does not fit it.
        ExtraMissing, DiskFull, WriteFailed: it cannot be written.
    """
    check_installed()
    import torch
    from peft import PeftModel
    from transformers import GenerationConfig

    source = _peft(adapter) if adapter is not None else None
    with _whole(out, _parameters(base) * _WIDTHS[dtype], announce) as staging:
        try:
            model, tokenizer = load_base(base, "float32", "cpu")
        except Exception as error:  # an edge: whatever several libraries find wrong with a person's files
            raise Unsupported(
                f"{base} cannot be read as a model: {one_line(str(error), 200)}.",
                hint="Name a GGUF file or a Hugging Face folder.",
            ) from error
        if source is not None:
            try:
                model = PeftModel.from_pretrained(model, str(source)).merge_and_unload()
            except (RuntimeError, ValueError) as error:
                raise Unsupported(
                    f"The adapter does not fit {base}: {one_line(str(error), 200)}.", hint="Name the base it was trained on."
                ) from error
        model = model.to(getattr(torch, dtype))
        if base.suffix == ".gguf":  # a folder has its own
            ends = {name: getattr(tokenizer, name) for name in ("bos_token_id", "eos_token_id", "pad_token_id")}
            model.generation_config = GenerationConfig(**ends)
        model.save_pretrained(staging)
        tokenizer.save_pretrained(staging)
        _for_older_readers(staging, dtype, tokenizer)
    return _exported(out)


def _for_older_readers(folder: Path, dtype: str, tokenizer: Any) -> None:
    """Say in the words of transformers 4 too what version 5 writes in its own; 5 reads both."""
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["torch_dtype"] = dtype
    rope = config.get("rope_parameters")
    if isinstance(rope, dict) and "rope_theta" in rope:  # one for all layers
        config["rope_theta"] = rope["rope_theta"]
        if rope.get("rope_type", "default") != "default":
            config["rope_scaling"] = {name: value for name, value in rope.items() if name != "rope_theta"}
    _write_json(folder / "config.json", config)
    file = folder / "tokenizer_config.json"
    words = json.loads(file.read_text("utf-8"))
    if words.get("tokenizer_class") == "TokenizersBackend":
        words["tokenizer_class"] = "PreTrainedTokenizerFast"
    if isinstance(words.get("extra_special_tokens"), list):
        words["additional_special_tokens"] = words.pop("extra_special_tokens")
    words["model_input_names"] = list(tokenizer.model_input_names)  # 4 would add token types, which no Llama takes
    if tokenizer.chat_template is not None:
        words["chat_template"] = tokenizer.chat_template  # TGI's router looks for it here
    _write_json(file, words)


@contextmanager
def _whole(out: Path, needed: int, announce: Announce) -> Iterator[Path]:
    """A folder to write `needed` bytes into; it becomes `out` at the end, and is gone where it could not be filled.

    Raises:
        UsageError, DiskFull, WriteFailed: see `export_merged`.
    """
    out = out.expanduser().absolute()
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise UsageError(f"{out} is there already and is not empty.", hint="Name a new folder.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        for left in out.parent.glob(f".{out.name}.*.part"):
            if not _alive(left):
                shutil.rmtree(left, ignore_errors=True)
        free = shutil.disk_usage(out.parent).free
        if free < needed + _MARGIN_BYTES:
            raise DiskFull(
                f"{out} needs {size(needed + _MARGIN_BYTES)} and its disk has {size(free)} free.",
                hint="Make room, or name a folder on another disk.",
            )
        announce(f"Writing about {size(needed)} into {out}.")
        staging = out.with_name(f".{out.name}.{os.getpid()}.part")
        staging.mkdir()
        try:
            yield staging
            if out.exists():
                out.rmdir()  # empty, see above
            staging.rename(out)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise WriteFailed(f"{out} cannot be written: {error.strerror or error}.", hint="Name another folder.") from error


def _alive(staging: Path) -> bool:
    """Whether the process that writes `.NAME.PID.part` lives."""
    pid = staging.name.split(".")[-2]
    return pid.isdigit() and psutil.pid_exists(int(pid))


def _parameters(base: Path) -> int:
    """How many numbers a model consists of."""
    if base.suffix == ".gguf":
        import gguf

        return sum(int(tensor.n_elements) for tensor in gguf.GGUFReader(base).tensors)
    import math

    from safetensors import safe_open

    files = sorted(base.glob("*.safetensors"))
    if not files:
        raise Unsupported(f"{base} is no model in safetensors.", hint="Name a GGUF file or a Hugging Face folder.")
    total = 0
    for file in files:
        with safe_open(file, framework="numpy") as tensors:
            total += sum(math.prod(tensors.get_slice(name).get_shape()) for name in tensors.keys())  # noqa: SIM118 - no dict
    return total


def _is_base(name: str, adapter: Adapter, models: ModelStore) -> bool:
    try:
        return models.info(name).name == adapter.base
    except NotFound:
        return False


def _peft(adapter: Path) -> Path:
    folder = adapter / "peft"
    if not all((folder / name).is_file() for name in (_CONFIG, _WEIGHTS)):
        raise UsageError(f"{folder} has no {_CONFIG} or {_WEIGHTS} any more.", hint="Train it again: `ayllu improve`.")
    from safetensors import SafetensorError, safe_open

    try:
        json.loads((folder / _CONFIG).read_text("utf-8"))
        with safe_open(folder / _WEIGHTS, framework="numpy"):
            return folder
    except (ValueError, SafetensorError) as error:
        raise UsageError(f"The adapter in {folder} is damaged: {error}.", hint="Train it again: `ayllu improve`.") from error


def _exported(out: Path) -> Exported:
    return Exported(out, sorted(one.name for one in out.iterdir()), size_on_disk(out))


def _write_json(path: Path, value: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, sort_keys=True) + "\n", "utf-8")
