"""`gguf`: llama.cpp's own form, beside the GGUF that an adapter was trained on."""

from __future__ import annotations

import shutil
from pathlib import Path

from ...adapters import size_on_disk
from ...errors import UsageError
from ..methods import check_installed
from .folders import Announce, Exported, exported, new_folder
from .lora_gguf import convert_adapter
from .trained import peft_folder


def export_gguf(adapter: Path, base: Path | None, out: Path, announce: Announce) -> Exported:
    """Write `adapter.gguf` of the registry's folder `adapter` into `out`; where there is none yet, it is made for `base`.

    Raises:
        Unsupported: llama.cpp has no such adapter.
        UsageError: `out` holds something; there is no adapter.
        ExtraMissing, DiskFull, WriteFailed: it cannot be written.
    """
    ready = adapter / "adapter.gguf"
    with new_folder(out, size_on_disk(ready if ready.is_file() else peft_folder(adapter)), announce) as staging:
        if ready.is_file():
            shutil.copyfile(ready, staging / ready.name)
        elif base is not None:
            check_installed()
            convert_adapter(peft_folder(adapter), base, staging / ready.name)
        else:
            raise UsageError(f"{adapter} has no {ready.name}.", hint="Name the base it is to be made for: `--base PATH`.")
    return exported(out)
