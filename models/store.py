"""The folder of model files: what is there, and pulling what is not.

A model is a folder `<name>/` with its files and `receipt.json`, written last: a model without a receipt is not there.
Pulling is under a lock (two processes may ask at once), staged beside the target and moved in whole.
"""

from __future__ import annotations

import difflib
import json
import logging
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from ..errors import NotFound
from ..paths import expand
from ..text import size
from .converted import ConvertedWeights
from .downloads import DownloadFailed, Progress, fetch, sha256
from .errors import DiskFull, PullFailed
from .info import ModelInfo
from .manifest import ModelEntry, manifest_entries
from .profiles import SAFE, Profile, Profiles, file_key, server_key
from .speeds import Speeds

DEFAULT_CHAT = "smollm2-135m-instruct"
DEFAULT_EMBEDDER = "all-minilm-l6-v2"
_RECEIPT = "receipt.json"
_MARGIN_BYTES = 100_000_000  # kept free on the disk, beyond what a pull needs
log = logging.getLogger(__name__)


class ModelStore:
    """Models by name, or a GGUF file by its path, in one folder that several processes may share."""

    def __init__(self, folder: Path, entries: Mapping[str, ModelEntry] | None = None) -> None:
        self.folder = folder
        self._entries = manifest_entries() if entries is None else entries
        self.profiles = Profiles(folder / "profiles")

    @property
    def speeds(self) -> Speeds:
        """How fast the models here have read and written on this machine."""
        return Speeds(self.folder / "speeds.json")

    @property
    def converted(self) -> ConvertedWeights:
        """GGUF weights as transformers reads them."""
        return ConvertedWeights(self.folder / "converted")

    def list(self) -> Sequence[ModelInfo]:
        return [self._info(entry) for entry in self._entries.values()]

    def info(self, name: str) -> ModelInfo:
        """One model. A path to a GGUF file is a model too.

        Raises:
            NotFound: neither a name of the manifest nor a GGUF file; the hint names the nearest.
        """
        if (file := _own_file(name)) is not None:
            return _own_info(file)
        return self._info(self._entry(name))

    def path(self, name: str) -> Path | None:
        """Where the model is; `None` while it is not, or not whole."""
        if (file := _own_file(name)) is not None:
            return file
        return self._present(self._entry(name))

    def digests(self, name: str) -> Mapping[str, str]:
        """The SHA-256 of each file of a model, as it was when it was pulled; none while the model is not here."""
        entry = self._entry(name)
        if self._present(entry) is None:
            return {}
        files = json.loads((self.folder / entry.name / _RECEIPT).read_text("utf-8"))["files"]
        return {file: str(values.get("sha256", "")) for file, values in files.items()}

    def ensure(self, name: str, progress: Progress | None = None, announce: Callable[[str], None] | None = None) -> Path:
        """The model's path, pulled first where it is missing. `announce` is told what is pulled and how large it is.

        Raises:
            NotFound: the name is unknown.
            PullFailed: every download failed; the message says which were tried and why each failed.
            DiskFull: there is no room.
        """
        if (path := self.path(name)) is not None:
            return path
        from filelock import FileLock

        entry = self._entry(name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / f".{entry.name}.lock"):
                return self._present(entry) or self._pull(entry, progress or _silent, announce or log.info)
        except OSError as error:
            raise self._not_writable(error) from error

    def profile_key(self, model: str, address: str = "") -> str | None:
        """Under which a probe of a model is kept: by its file, or by the server at `address` that holds it.

        None while its file is not here.
        """
        if address:
            return server_key(address, model)
        try:
            path = self.path(model)
            return file_key(path) if path is not None and path.is_file() else None
        except (NotFound, OSError):
            return server_key("here", model)  # a hub id or a folder, which another backend loads

    def profile(self, model: str, address: str = "") -> Profile:
        """How a model is asked: as a probe found, else as the manifest says, else the safe way."""
        key = self.profile_key(model, address)
        probed = self.profiles.find(key) if key is not None else None
        if probed is not None:
            return probed
        entry = self._entries.get(model) if not address else None
        return SAFE if entry is None or entry.profile is None else entry.profile.model_copy(update={"origin": "manifest"})

    def adopt(self, name: str) -> bool:
        """Take the files that a person placed by hand, where all are there and right; whether the model is here then.

        Raises:
            PullFailed: they cannot be read, or that they are right cannot be written down beside them.
        """
        entry = self._entry(name)
        try:
            return self._adopt(entry, self.folder / entry.name, log.info)
        except OSError as error:
            raise self._not_writable(error) from error

    def _pull(self, entry: ModelEntry, progress: Progress, announce: Callable[[str], None]) -> Path:
        target, staging = self.folder / entry.name, self.folder / f".{entry.name}.part"
        if self._adopt(entry, target, announce):
            return _main_file(entry, target)
        self._check_disk(entry)
        announce(f"Pulling {entry.title}: {size(entry.size_bytes)}, {entry.licence}, into {target}.")
        failures: list[str] = []
        for download in entry.downloads:
            staging.mkdir(parents=True, exist_ok=True)
            try:
                published = fetch(download, entry, staging, progress)
                digests = self._verify(entry, staging, published)
            except DownloadFailed as error:
                log.info("%s: %s", download.title, error)
                failures.append(f"{download.title}: {error}")
                continue
            self._install(entry, staging, target, digests, download.title)
            return _main_file(entry, target)
        raise PullFailed(
            f"{entry.name} could not be pulled. " + " ".join(f"From {failure.rstrip('.')}." for failure in failures),
            hint=f"Try again with a network, or place {' and '.join(entry.files)} by hand in {target}.",
        )

    def _adopt(self, entry: ModelEntry, target: Path, announce: Callable[[str], None]) -> bool:
        """Take files that a person placed by hand, if they are the right ones."""
        if not all((target / name).is_file() for name in entry.files):
            return False
        try:
            digests = self._verify(entry, target, {})
        except DownloadFailed as error:
            announce(f"The files in {target} are not used: {error}.")
            return False
        _write_receipt(target, digests, "placed by hand")
        return True

    def _verify(self, entry: ModelEntry, folder: Path, published: Mapping[str, str]) -> dict[str, str]:
        digests: dict[str, str] = {}
        for name, file in entry.files.items():
            digests[name] = sha256(folder / name)
            expected = published.get(name) or file.sha256
            if expected and digests[name] != expected:
                if folder.suffix == ".part":
                    (folder / name).unlink()
                raise DownloadFailed(f"{name} is not the file that was published (SHA-256 {digests[name][:12]}…)")
            if name.endswith(".gguf") and not _is_gguf(folder / name):
                raise DownloadFailed(f"{name} is not a GGUF file")
        return digests

    def _install(self, entry: ModelEntry, staging: Path, target: Path, digests: dict[str, str], origin: str) -> None:
        target.mkdir(parents=True, exist_ok=True)
        for name in entry.files:
            (staging / name).replace(target / name)
        _write_receipt(target, digests, origin)
        shutil.rmtree(staging, ignore_errors=True)

    def _not_writable(self, error: OSError) -> PullFailed:
        return PullFailed(
            f"{self.folder} cannot be written to: {error.strerror or error}.",
            hint="Set AYLLU_MODELS to a folder that can be.",
        )

    def _check_disk(self, entry: ModelEntry) -> None:
        needed, free = pull_bytes(entry.size_bytes), shutil.disk_usage(self.folder).free
        if free < needed:
            raise DiskFull(
                f"Pulling {entry.name} needs {size(needed)} of disk and {self.folder} has {size(free)} free.",
                hint="Make room, or set AYLLU_MODELS to a folder on another disk.",
            )

    def _present(self, entry: ModelEntry) -> Path | None:
        folder = self.folder / entry.name
        try:
            receipt = json.loads((folder / _RECEIPT).read_text("utf-8"))
            complete = all((folder / name).stat().st_size == receipt["files"][name]["size"] for name in entry.files)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return _main_file(entry, folder) if complete else None

    def _info(self, entry: ModelEntry) -> ModelInfo:
        path = self._present(entry)
        return ModelInfo(
            name=entry.name,
            kind=entry.kind,
            title=entry.title,
            licence=entry.licence,
            size_bytes=entry.size_bytes,
            memory_bytes=entry.memory_bytes,
            context=entry.context,
            style=entry.style,
            default=entry.default,
            present=path is not None,
            path=path,
            downloads=[download.title for download in entry.downloads],
            original=entry.original,
            embedding=entry.embedding,
            tools=entry.tools,
            offered=entry.offered and entry.kind == "chat" and not entry.default,
        )

    def _entry(self, name: str) -> ModelEntry:
        if name in self._entries:
            return self._entries[name]
        near = difflib.get_close_matches(name, self._entries, n=1, cutoff=0.0)
        raise NotFound(
            f"There is no model {name!r}, nor a GGUF file of that path.",
            hint=f"The nearest name is `{near[0]}`; `ayllu models list` shows all.",
        )


def pull_bytes(size_bytes: int) -> int:
    """The disk that pulling a model of that size may take for a while: what it comes in lies beside it."""
    return size_bytes * 2 + _MARGIN_BYTES


def _main_file(entry: ModelEntry, folder: Path) -> Path:
    return folder / next(iter(entry.files)) if entry.kind == "chat" else folder


def _own_file(name: str) -> Path | None:
    if not name.endswith(".gguf"):
        return None
    path = expand(name)
    try:
        return path.absolute() if path.is_file() and _is_gguf(path) else None
    except (OSError, ValueError):  # a name too long, or with a NUL: no file has it
        return None


def _own_info(file: Path) -> ModelInfo:
    """What can be said of a person's own GGUF file without reading it."""
    length = file.stat().st_size
    return ModelInfo(
        name=file.stem,
        kind="chat",
        title=str(file),
        licence="your own",
        size_bytes=length,
        memory_bytes=length * 2,
        context=8192,
        style="prose",
        default=False,
        present=True,
        path=file,
        downloads=(),
    )


def _is_gguf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


def _write_receipt(folder: Path, digests: dict[str, str], origin: str) -> None:
    files = {name: {"sha256": digest, "size": (folder / name).stat().st_size} for name, digest in digests.items()}
    scratch = folder / f"{_RECEIPT}.tmp"
    scratch.write_text(json.dumps({"origin": origin, "files": files}, indent=2) + "\n", "utf-8")
    scratch.replace(folder / _RECEIPT)


def _silent(label: str, done: int, total: int | None) -> None:
    """No one is watching."""
