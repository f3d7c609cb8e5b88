"""How tests drive the chat: they press and click, and wait for what is on the screen."""

import asyncio
from collections.abc import Callable

from ayllu.tui import ChatApp
from ayllu.tui.answer import AnswerView
from ayllu.tui.conversation import Transcript
from ayllu.tui.prompt import Prompt
from textual.pilot import Pilot
from textual.widgets import Static

WIDE = (120, 36)


async def until(pilot: Pilot[int], true: Callable[[], bool], seconds: float = 40) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await pilot.pause(0.02)


def text_of(app: ChatApp, selector: str) -> str:
    """What the last of the widgets shows; nothing where there is none yet."""
    widgets = app.screen.query(selector)
    return str(widgets.last(Static).render()) if widgets else ""


def prompt(app: ChatApp) -> Prompt:
    return app.query_one("#prompt", Prompt)


async def shown(pilot: Pilot[int], answers: int = 1) -> None:
    """Wait until the kept answers stand on the screen, and the last of them is the chosen one."""
    await until(pilot, lambda: len(pilot.app.query(AnswerView)) == answers)
    await until(pilot, lambda: pilot.app.query(AnswerView).last().has_class("-chosen"))


async def ready(pilot: Pilot[int]) -> None:
    """Wait until all is open."""
    await until(pilot, lambda: "documents" in text_of(pilot.app, "#status") and not text_of(pilot.app, "#activity"))


async def ask(pilot: Pilot[int], question: str) -> AnswerView:
    app = pilot.app
    before = len(app.query(AnswerView))
    prompt(app).text = question
    await pilot.press("enter")
    await until(pilot, lambda: len(app.query(AnswerView)) > before and app.query(AnswerView).last().answer is not None)
    await pilot.pause()
    return app.query(AnswerView).last()


def transcript(app: ChatApp) -> Transcript:
    return app.query_one(Transcript)


def screen_text(app: ChatApp) -> str:
    """All that a person sees, line by line."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def notices(app: ChatApp) -> list[str]:
    return [notice.message for notice in app._notifications]
