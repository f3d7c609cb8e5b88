"""What is known of how a model that writes prose is asked best, and whether its refusals mean anything.

Where the leave to refuse stands decides nearly everything (`docs/evaluation.md`): a small model that has it last refuses
what the passages answer, another that has none makes something up. So each model has a profile: that of the manifest, that
which a probe of it found here, or the safe one, without any leave.

A probe's finding is a file in the folder of models, by the digest of the model's file or by the server's name and the
model's.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import ProbeRunning

Leave = Literal["none", "system", "last"]
Precedence = Literal["phrase", "draft", "alone"]  # of two readings; alone: nobody reads but the model that writes
FactKind = Literal["figure", "name"]  # what a short answer is: a number, a price, a day; or who, where, which
_END_BYTES = 1 << 20  # of a file's beginning and end, which tell one model from another
_CLAIM_S = 0.2  # that whoever only looks may hold it
log = logging.getLogger(__name__)


class Profile(BaseModel):
    """How one model is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    leave: Leave = "none"  # where it is told that it may say that the passages do not answer
    marks: bool = False  # whether it is asked to put marks
    believed: bool = True  # whether its refusal stands; where not, the evidence decides
    # What stands first: the phrase that the default model reads, or the draft; auto: by the size in the model's name
    second_reader: Precedence | Literal["auto"] = "auto"
    second_reader_for: Mapping[FactKind, Precedence] = Field(default_factory=dict)  # instead of it, of a kind of fact
    passages: int | None = Field(None, ge=1)  # that it is shown at most; None: as many as were found
    origin: Literal["manifest", "probe", "default"] = "default"


SAFE = Profile()


class Profiles:
    """Findings of probes, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, key: str) -> Profile | None:
        """What a probe found; a file that cannot be read counts as none."""
        try:
            return Profile.model_validate_json(self._file(key).read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError, ValidationError):
            log.warning("the profile %s is not used: it cannot be read", self._file(key), exc_info=True)
            return None

    def keep(self, key: str, profile: Profile) -> Path:
        """Write it down whole. Raises `OSError` where that cannot be."""
        file = self._file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        scratch = file.with_suffix(".tmp")
        scratch.write_text(profile.model_dump_json(indent=2) + "\n", "utf-8")
        scratch.replace(file)
        return file

    def progress_file(self, key: str) -> Path:
        """Where a probe that was cut off finds what it has asked already."""
        return self._file(key).with_suffix(".jsonl")

    def answers(self, key: str) -> int:
        """How many answers an unfinished probe has kept."""
        try:
            return self.progress_file(key).read_bytes().count(b"\n")
        except OSError:
            return 0

    @contextmanager
    def claim(self, key: str) -> Iterator[None]:
        """While this lasts no other process probes that model. The system lets go of it when the process dies.

        Raises:
            ProbeRunning: another one probes it.
            OSError: the folder cannot be written to.
        """
        from filelock import FileLock, Timeout

        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._lock(key), timeout=_CLAIM_S):
                yield
        except Timeout as error:
            raise ProbeRunning(self.answers(key)) from error

    def is_claimed(self, key: str) -> bool:
        """Whether a process probes that model now."""
        from filelock import FileLock, Timeout

        if not self._lock(key).exists():
            return False
        try:
            with FileLock(self._lock(key), blocking=False):
                return False
        except Timeout:
            return True
        except OSError:  # a folder that others write to
            return False

    def _lock(self, key: str) -> Path:
        return self._file(key).with_suffix(".lock")

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"


def file_key(file: Path) -> str:
    """By the length, beginning and end of a model's file: a digest of all of it takes seconds a gigabyte."""
    length = file.stat().st_size
    digest = hashlib.blake2b(str(length).encode(), digest_size=16)
    with file.open("rb") as content:
        digest.update(content.read(_END_BYTES))
        content.seek(max(0, length - _END_BYTES))
        digest.update(content.read())
    return digest.hexdigest()


def server_key(address: str, model: str) -> str:
    return hashlib.blake2b(f"{address}\n{model}".encode("utf-8", "replace"), digest_size=16).hexdigest()
