"""`peft`: the folder that TGI (`LORA_ADAPTERS`) and vLLM (`--lora-modules`) load beside a base model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from ...adapters import size_on_disk
from ..methods import check_installed
from .folders import Announce, Exported, exported, new_folder, write_json
from .trained import CONFIG, WEIGHTS, peft_folder

# What every reader of a PEFT adapter knows; of the rest only what differs from its default is written.
_UNDERSTOOD = frozenset(
    "peft_type task_type base_model_name_or_path r lora_alpha lora_dropout target_modules bias fan_in_fan_out inference_mode"
    " init_lora_weights modules_to_save use_rslora".split()
)


def export_peft(adapter: Path, out: Path, base_name: str, announce: Announce) -> Exported:
    """Write the PEFT adapter of the registry's folder `adapter` into `out`; its base is called `base_name` (hub id or path).

    Raises:
        UsageError: `out` holds something; there is no adapter.
        ExtraMissing, DiskFull, WriteFailed: it cannot be written.
    """
    check_installed()
    source = peft_folder(adapter)
    from peft import LoraConfig

    plain = LoraConfig().to_dict()
    config = json.loads((source / CONFIG).read_text("utf-8"))
    kept = {name: value for name, value in config.items() if name in _UNDERSTOOD or value != plain.get(name)}
    with new_folder(out, size_on_disk(source), announce) as staging:
        shutil.copyfile(source / WEIGHTS, staging / WEIGHTS)
        write_json(staging / CONFIG, {**kept, "base_model_name_or_path": base_name, "inference_mode": True})
    return exported(out)
