"""The learning in the background: a process of its own at low priority, and what came of it in words."""

from __future__ import annotations

import asyncio
import contextlib
import json
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Sequence

from ..text import one_line
from .status import ActivityLine

_NICENESS = 15


class Learning:
    """Runs `improve`, the command that learns; the next question is asked of what it promotes."""

    def __init__(self, improve: Sequence[str], activity: ActivityLine) -> None:
        self._improve = improve
        self._activity = activity

    async def run(self) -> None:
        """Learn, and say what came of it."""
        self._activity.say("Learning from your corrections, in the background…")
        outcome = await run_improvement(self._improve)
        self._activity.app.notify(one_line(outcome, 400), title="Learning", timeout=20)
        self._activity.say(one_line(outcome, 200))


async def run_improvement(command: Sequence[str]) -> str:
    """Run `command`, which writes one JSON object; returns the reason of its verdict, or its error.

    Cancelled, the process is killed; it takes up its work when it is started again.
    """
    import psutil

    process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    with contextlib.suppress(psutil.Error):
        psutil.Process(process.pid).nice(_NICENESS)
    try:
        written, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    try:
        outcome = json.loads(written)
    except ValueError:
        outcome = {"error": "The learning ended without a word.", "hint": "`ayllu improve` shows why."}
    return str(outcome.get("reason") or f"{outcome['error']} {outcome['hint']}")
