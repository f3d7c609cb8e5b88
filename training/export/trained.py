"""What is exported: an adapter as it was trained, and the model that it was trained on."""

from __future__ import annotations

import json
from pathlib import Path

from ...adapters import Adapter
from ...errors import NotFound, UsageError
from ...models import ModelStore, sha256

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


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


def peft_folder(adapter: Path) -> Path:
    """The PEFT adapter in the registry's folder `adapter`.

    Raises:
        UsageError: it is gone, or damaged.
    """
    folder = adapter / "peft"
    if not all((folder / name).is_file() for name in (CONFIG, WEIGHTS)):
        raise UsageError(f"{folder} has no {CONFIG} or {WEIGHTS} any more.", hint="Train it again: `ayllu improve`.")
    from safetensors import SafetensorError, safe_open

    try:
        json.loads((folder / CONFIG).read_text("utf-8"))
        with safe_open(folder / WEIGHTS, framework="numpy"):
            return folder
    except (ValueError, SafetensorError) as error:
        raise UsageError(f"The adapter in {folder} is damaged: {error}.", hint="Train it again: `ayllu improve`.") from error


def _is_base(name: str, adapter: Adapter, models: ModelStore) -> bool:
    try:
        return models.info(name).name == adapter.base
    except NotFound:
        return False
