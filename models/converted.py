"""GGUF weights as transformers reads them, kept on disk: dequantising them at every start takes most of a minute.

One folder for each file (by its SHA-256) and dtype, `source.json` in it written last. A conversion whose file is gone, or
has another content now, is removed when the next is looked for: there is one copy at most for each file and dtype.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from .downloads import sha256

_MARK = "source.json"
_HASH_LENGTH = 16
log = logging.getLogger(__name__)


class ConvertedWeights:
    """The folder of conversions. What cannot be kept is only read anew the next time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, file: Path, dtype: str) -> Path | None:
        """The conversion of `file`, where it is whole; those of files that are gone or changed are removed."""
        self._sweep()
        kept = self._folder / self._name(file, dtype)
        return kept if (kept / _MARK).is_file() else None

    def keep(self, file: Path, dtype: str, model: Any, tokenizer: Any) -> Path | None:
        """Write the conversion beside the others, in one step. `None` where the disk has no room, or takes no writes."""
        needed = 2 * sum(weight.numel() * weight.element_size() for weight in model.parameters())
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(self._folder).free < needed:
                log.warning("the converted weights of %s are not kept: the disk has too little room", file)
                return None
            target = self._folder / self._name(file, dtype)
            scratch = Path(tempfile.mkdtemp(prefix=".part-", dir=self._folder))
            try:
                model.save_pretrained(scratch)
                tokenizer.save_pretrained(scratch)
                (scratch / _MARK).write_text(json.dumps({**_stamp(file), "sha256": self._sha256(file)}) + "\n", "utf-8")
                scratch.chmod(0o755)  # a folder of models may be shared
                with contextlib.suppress(OSError):  # another process was faster, and kept the same
                    scratch.rename(target)
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError as error:
            log.warning("the converted weights of %s are not kept: %s", file, error)
            return None
        return target

    def _name(self, file: Path, dtype: str) -> str:
        return f"{self._sha256(file)[:_HASH_LENGTH]}-{dtype}"

    def _sha256(self, file: Path) -> str:
        """Of a file that is still as it was when it was converted, as it was found then: a large one takes seconds."""
        stamp = _stamp(file)
        for mark in self._marks().values():
            if {**mark, "sha256": ""} == {**stamp, "sha256": ""}:
                return str(mark["sha256"])
        return sha256(file)

    def _marks(self) -> dict[Path, dict[str, Any]]:
        marks = {}
        for path in self._folder.glob(f"*/{_MARK}"):
            with contextlib.suppress(OSError, ValueError):
                mark = json.loads(path.read_text("utf-8"))
                if isinstance(mark, dict) and isinstance(mark.get("file"), str) and isinstance(mark.get("sha256"), str):
                    marks[path.parent] = mark
        return marks

    def _sweep(self) -> None:
        for folder, mark in self._marks().items():
            if not _is_as_it_was(mark):
                shutil.rmtree(folder, ignore_errors=True)


def _is_as_it_was(mark: dict[str, Any]) -> bool:
    try:
        return {**mark, "sha256": ""} == {**_stamp(Path(mark["file"])), "sha256": ""}
    except FileNotFoundError:
        return False
    except OSError:  # a drive that does not answer may come back
        return True


def _stamp(file: Path) -> dict[str, Any]:
    status = file.stat()
    return {"file": str(file.resolve()), "size": status.st_size, "modified_ns": status.st_mtime_ns}
