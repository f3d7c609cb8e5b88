"""The learning in the background: first what it needs, installed when told to; then a process of its own at low priority."""

from __future__ import annotations

import asyncio
import contextlib
import json
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Callable, Sequence

from textual.screen import Screen

from ..app import Extra, SetupFailed, find_extra, install_folder
from ..errors import AylluError
from ..text import one_line
from .status import ActivityLine

_NICENESS = 15
_GROUP = "learning"  # of the worker that learns


def training_extra() -> Extra:
    """What learning needs."""
    return find_extra("train")


class Learning:
    """Runs `improve`, the command that learns; the next question is asked of what it promotes."""

    def __init__(self, improve: Sequence[str], training: Callable[[], Extra], activity: ActivityLine) -> None:
        self._improve = improve
        self._training = training
        self._activity = activity

    def start(self, screen: Screen[None]) -> None:
        """Learn beside the chat, unless that is going on already."""
        if any(worker.group == _GROUP for worker in screen.workers):
            self._activity.notice("ayllu is learning already; you can chat meanwhile.")
        else:
            screen.run_worker(self.run(), group=_GROUP)

    async def run(self) -> None:
        """Install what is missing if the person wants it, learn, and say what came of it."""
        extra = await asyncio.to_thread(self._training)
        try:
            if extra.missing and not await self._install(extra):
                self._activity.say(f"Nothing was installed. `ayllu setup {extra.name}` does it at any time.")
                return
        except AylluError as error:
            self._activity.complain(error)
            self._activity.say(f"{error.message} {error.hint}")
            return
        self._activity.say("Learning from your corrections, in the background…")
        outcome = await run_improvement(self._improve)
        self._activity.app.notify(one_line(outcome, 400), title="Learning", timeout=20)
        self._activity.say(one_line(outcome, 200))

    async def _install(self, extra: Extra) -> bool:
        """Ask, and install; `False`: the person does not want it.

        Raises:
            SetupFailed: it could not be installed.
        """
        from .confirm import ConfirmScreen

        question = (
            f"Learning needs the `{extra.name}` extra, of which these are missing: {', '.join(extra.missing)}.\n\n"
            f"To download: {extra.size}, less what is here already. It goes into {install_folder()}.\n\nInstall it now?"
        )
        if not await self._activity.app.push_screen_wait(ConfirmScreen(question)):
            return False
        for step in extra.steps:
            self._activity.say(f"Installing the `{extra.name}` extra…")
            failure = await _run_installer(step.command, self._activity.say)
            if failure is None:
                continue
            if not step.preferred:
                raise extra.failure(failure)
            self._activity.notice(step.otherwise)
        self._activity.say("Installed.")
        return True


async def _run_installer(command: Sequence[str], say: Callable[[str], None]) -> str | None:
    """Run an installer, and say its lines as they come; returns why it failed, else `None`.

    Raises:
        SetupFailed: it cannot be run at all.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, cwd=install_folder()
        )
    except OSError as error:
        raise SetupFailed(f"{command[0]} cannot be run: {error.strerror}.", hint="Install pip or uv.") from error
    assert process.stdout is not None
    last = "it said nothing"
    try:
        while piece := await process.stdout.read(4096):  # not by lines: a progress bar has no end of line
            lines = [line for line in _lines(piece) if line]
            last = lines[-1] if lines else last
            say(f"Installing: {last}")
        await process.wait()
    finally:
        await _end(process)
    return None if process.returncode == 0 else last.rstrip(".")


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill it where it still runs; and wait, or its pipes would outlive the loop."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _lines(piece: bytes) -> list[str]:
    """The lines of an installer's output, each safe to show."""
    return [one_line(line, 160) for line in piece.decode("utf-8", "replace").replace("\r", "\n").splitlines()]


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
        await _end(process)
    try:
        outcome = json.loads(written)
    except ValueError:
        outcome = {"error": "The learning ended without a word.", "hint": "`ayllu improve` shows why."}
    return str(outcome.get("reason") or f"{outcome['error']} {outcome['hint']}")
