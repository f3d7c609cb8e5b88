"""`ayllu doctor`: what works on this machine, and how to mend what does not. It changes nothing and pulls nothing."""

from __future__ import annotations

import logging
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from ..errors import AylluError, SystemRefused
from ..text import count, size
from .checks import Check, conversations, existing_part, feedback, home
from .context import CommandContext
from .reading_check import second_reader

if TYPE_CHECKING:
    from ..backends import Backend

_LEAST_DISK_BYTES = 1_000_000_000
_BACKEND_TIMEOUT_S = 60.0
_EXTRAS = {"models": "sentence_transformers", "train": "trl", "tgi": "text_generation"}
log = logging.getLogger(__name__)


def doctor(context: typer.Context) -> int:
    """Check Python, disk, models, library, store, backend and GPU, and say how to mend them."""
    command: CommandContext = context.obj
    command.app.models.forbid_downloads()
    looks = (
        _python,
        _settings,
        home,
        _disk,
        _models,
        _library,
        _store,
        conversations,
        feedback,
        _backend,
        second_reader,
        _gpu,
        _extras,
    )
    checks: list[Check] = []
    for look in looks:
        check = _look(command, look)
        checks.append(check)
        mark = "ok  " if check.ok else ("FAIL" if check.needed else "note")
        command.output.say(f"{mark}  {check.name}: {check.detail}", "" if check.ok else "yellow")
        if check.mend:
            command.output.say(f"      {check.mend}")
    well = all(check.ok or not check.needed for check in checks)
    command.output.result({"ok": well, "checks": [asdict(check) for check in checks]})
    return 0 if well else 1


def _look(command: CommandContext, look: Callable[[CommandContext], Check]) -> Check:
    name = look.__name__.strip("_")
    try:
        return look(command)
    except AylluError as error:
        return Check(name, False, error.message, error.hint)
    except Exception as error:  # an edge: a doctor must not die of what it finds
        if (refused := SystemRefused.of(error)) is not None:
            return Check(name, False, refused.message, refused.hint)
        log.warning("the check of %s failed", name, exc_info=True)
        return Check(name, False, f"{type(error).__name__}: {error}", f"The details are in {command.app.paths.log}.")


def _python(command: CommandContext) -> Check:
    mend = "" if sys.version_info >= (3, 11) else "Install Python 3.11 or later."
    return Check("python", not mend, f"{platform.python_version()} in {sys.prefix}, {platform.platform()}", mend)


def _settings(command: CommandContext) -> Check:
    assert command.app.settings  # wrong ones raise, with their own hint
    there = command.app.paths.config.exists()
    return Check("settings", True, f"{command.app.paths.config}{'' if there else ' (not there: defaults)'}")


def _disk(command: CommandContext) -> Check:
    for folder in (command.app.paths.home, command.app.paths.models):
        place = existing_part(folder)
        free = shutil.disk_usage(place).free
        if free < _LEAST_DISK_BYTES:
            return Check("disk", False, f"{size(free)} free at {place}", "Make room, or move AYLLU_HOME or AYLLU_MODELS.")
    place = existing_part(command.app.paths.home)
    return Check("disk", True, f"{size(shutil.disk_usage(place).free)} free at {place}")


def _models(command: CommandContext) -> Check:
    from ..app import rungs
    from ..backends import embedded_models
    from ..models import embedder_name

    settings = command.app.settings
    embedder = embedder_name(settings.models.embedder)
    wanted = [] if embedder is None else [embedder]
    wanted += embedded_models(settings)
    missing = [command.app.models.info(name) for name in wanted if command.app.models.path(name) is None]
    if missing:
        listed = " and ".join(f"{model.name} ({size(model.size_bytes)})" for model in missing)
        mend = f"`ayllu models pull {' '.join(model.name for model in missing)}`; the first question does it too."
        return Check("models", False, f"not here yet: {listed}", mend, needed=False)
    in_use = [rung for rung in rungs(command.app.models, settings) if rung.in_use]
    probes = {rung.model.name: rung.probe for rung in in_use if rung.probe is not None}
    known = "".join(f"; how {name} is asked: {probe.words}" for name, probe in probes.items())
    unknown = any(probe.state in ("unprobed", "unfinished") for probe in probes.values())
    mend = "`ayllu models probe` finds out how it is asked best; an idle chat does it by itself." if unknown else ""
    return Check("models", True, f"{', '.join(wanted) or 'none needed'} in {command.app.paths.models}{known}", mend)


def _library(command: CommandContext) -> Check:
    if not command.app.paths.library.exists():
        return Check("library", True, f"nothing ingested yet ({command.app.paths.library})", "`ayllu ingest PATH` fills it.")
    sources = len(command.app.library.sources())
    return Check("library", True, f"{count(sources, 'source')}, {count(command.app.library.count(), 'passage')}")


def _store(command: CommandContext) -> Check:
    if not command.app.paths.library.exists():
        return Check("store", True, f"{command.app.settings.store}: nothing in it yet")
    problems = command.app.library.verify()
    if problems:
        mend = "`ayllu sources repair`" if any("sources repair" in problem for problem in problems) else ""
        return Check("store", False, "; ".join(problems), mend)
    return Check("store", True, f"{command.app.settings.store}: every live id finds itself")


def _backend(command: CommandContext) -> Check:
    """Start it and let it write one token; the chat's own model is not pulled for it."""
    from ..backends import answering_backends, embedded_models

    missing = [model for model in embedded_models(command.app.settings) if command.app.models.path(model) is None]
    names = answering_backends(command.app.settings)
    if missing and len(names) == 1:
        mend = f"`ayllu models pull {missing[0]}`"
        return Check("backend", False, f"{names[0]}: its model is not here yet", mend, needed=False)
    return command.app.run(_one_token(command.app.backend))


async def _one_token(backend: Backend) -> Check:
    import asyncio

    from autogen_core.models import UserMessage

    began = time.perf_counter()
    try:
        async with asyncio.timeout(_BACKEND_TIMEOUT_S):
            await backend.start()
            await backend.client.create([UserMessage(content="Hi", source="user")], extra_create_args={"max_tokens": 1})
            health = await backend.health()
    except TimeoutError:
        mend = "Try again when the machine is quiet, or choose another backend."
        return Check("backend", False, f"{backend.name}: no token within {_BACKEND_TIMEOUT_S:.0f} s", mend)
    if not health.healthy:
        return Check("backend", False, f"{backend.name}: {health.error}", health.hint or "`ayllu backends check`")
    took = time.perf_counter() - began
    context = f", context {health.context:,} tokens" if health.context else ""
    return Check("backend", True, f"{backend.name}: {health.model} wrote its first token after {took:.1f} s{context}")


def _gpu(command: CommandContext) -> Check:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Check("gpu", True, "none found; the CPU answers", needed=False)
    query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        reply = subprocess.run(query, capture_output=True, text=True, errors="replace", timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Check("gpu", False, f"nvidia-smi does not answer: {error}", "Check the NVIDIA driver.", needed=False)
    if reply.returncode:
        reason = (reply.stdout + reply.stderr).strip() or "no reason given"
        return Check("gpu", False, f"nvidia-smi failed: {reason}", "Check the NVIDIA driver.", needed=False)
    return Check("gpu", True, "; ".join(reply.stdout.split("\n")).strip("; ") or "none", needed=False)


def _extras(command: CommandContext) -> Check:
    from importlib.util import find_spec

    here = [extra for extra, module in _EXTRAS.items() if find_spec(module) is not None]
    missing = [extra for extra in _EXTRAS if extra not in here]
    detail = f"installed: {', '.join(here) or 'none (chat needs none)'}"
    mend = f"`ayllu setup {missing[0]}` adds one of: {', '.join(missing)}." if missing else ""
    return Check("extras", True, detail, mend, needed=False)
