"""`ayllu doctor`: what works on this machine, and how to mend what does not."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass

import typer

from ..errors import AylluError
from ..text import count, size
from .compose import Parts

_LEAST_DISK = 1_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Check:
    """One look. `needed`: without it ayllu cannot answer. `mend` is empty where all is well."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    needed: bool = True


def doctor(context: typer.Context) -> int:
    """Check Python, disk, models, library, vector store, backend and GPU."""
    parts: Parts = context.obj
    looks = (_python, _settings, _disk, _models, _library, _store, _backend, _gpu, _extras)
    checks = [_look(parts, look) for look in looks]
    well = all(check.ok or not check.needed for check in checks)
    parts.output.result({"ok": well, "checks": [asdict(check) for check in checks]})
    for check in checks:
        mark = "ok  " if check.ok else ("FAIL" if check.needed else "note")
        parts.output.say(f"{mark}  {check.name}: {check.detail}", "" if check.ok else "yellow")
        if check.mend:
            parts.output.say(f"      {check.mend}")
    return 0 if well else 1


def _look(parts: Parts, look: Callable[[Parts], Check]) -> Check:
    try:
        return look(parts)
    except AylluError as error:
        return Check(look.__name__.strip("_"), False, error.message, error.hint)
    except Exception as error:  # an edge: a doctor must not die of what it finds
        return Check(look.__name__.strip("_"), False, f"{type(error).__name__}: {error}", f"See {parts.paths.log}.")


def _python(parts: Parts) -> Check:
    return Check("python", sys.version_info >= (3, 11), f"{platform.python_version()} on {platform.platform()}")


def _settings(parts: Parts) -> Check:
    there = parts.paths.config.exists()
    assert parts.settings  # wrong ones raise, with their own hint
    return Check("settings", True, f"{parts.paths.config}{'' if there else ' (not there: defaults)'}")


def _disk(parts: Parts) -> Check:
    place = parts.paths.home
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    return Check(
        "disk", free > _LEAST_DISK, f"{size(free)} free at {place}", "" if free > _LEAST_DISK else "Make room.", True
    )


def _models(parts: Parts) -> Check:
    missing = [model.name for model in parts.models.list() if model.default and not model.present]
    if missing:
        return Check("models", True, f"not here yet: {', '.join(missing)}", "`ayllu models pull`, or just chat.", False)
    return Check("models", True, f"the defaults are in {parts.paths.models}")


def _library(parts: Parts) -> Check:
    library = parts.library
    listed = count(len(library.sources()), "source")
    return Check("library", True, f"{listed}, {count(library.count(), 'passage')} in {parts.paths.library}")


def _store(parts: Parts) -> Check:
    problems = parts.library.verify()
    if problems:
        return Check("store", False, "; ".join(problems), "`ayllu sources repair`", True)
    return Check("store", True, f"{parts.settings.store}: every live id finds itself")


def _backend(parts: Parts) -> Check:
    from ..backends import open_backend

    name = parts.settings.backend
    if name == "llamacpp" and parts.models.path(parts.settings.models.chat) is None:
        return Check("backend", True, "llamacpp: its model is not here yet", "`ayllu models pull`", False)

    async def look() -> Check:
        backend = open_backend(name, parts.settings, parts.models)
        try:
            health = await backend.health()
        finally:
            await backend.close()
        if not health.healthy:
            return Check("backend", False, f"{name}: {health.error}", health.hint or "`ayllu backends check`")
        return Check("backend", True, f"{name}: {health.model} answers, context {health.context or 'unknown'}")

    return asyncio.run(look())


def _gpu(parts: Parts) -> Check:
    there = shutil.which("nvidia-smi") is not None
    return Check("gpu", True, "an NVIDIA driver is there" if there else "none found; the CPU answers", "", False)


def _extras(parts: Parts) -> Check:
    from importlib.util import find_spec

    modules = {"models": "sentence_transformers", "train": "trl", "tgi": "text_generation"}
    here = [extra for extra, module in modules.items() if find_spec(module) is not None]
    return Check("extras", True, f"installed: {', '.join(here) or 'none (chat needs none)'}", "", False)
