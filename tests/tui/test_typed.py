"""Nothing that is typed is lost: where it cannot be kept, the person is told, and it stays where it was typed."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.storage import DatabaseFull, DatabaseLocked
from ayllu.tui.answer import AnswerView
from ayllu.tui.confirm import ConfirmScreen
from ayllu.tui.correct import CorrectScreen
from ayllu.tui.prompt import Prompt
from textual.pilot import Pilot

from .conftest import Home
from .driver import WIDE, notices, prompt, ready, screen_text, shown, text_of, until
from .test_sessions import opened, titles


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[object, str], None]:
    """Let a method of one object find no room any more."""

    def refuse(*words: object, **options: object) -> None:
        raise DatabaseFull(Path("kept.sqlite"))

    return lambda subject, method: monkeypatch.setattr(subject, method, refuse)


async def deleted(pilot: Pilot[int], home: Home, left: int) -> None:
    """Delete the conversation that is chosen in the list."""
    await pilot.press("f8")
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
    await pilot.press("y")
    await until(pilot, lambda: len(titles(home)) == left and not isinstance(pilot.app.screen, ConfirmScreen))


async def test_on_a_full_disk_the_chat_goes_on_and_leaving_tells_once_what_is_lost(
    home: Home, full_disk: Callable[[object, str], None]
) -> None:
    home.keep("s1")
    app = home.app("s1")
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot)
        full_disk(app._application.conversations, "save_draft")
        await pilot.press(*"typed")
        await until(pilot, lambda: any("no room left" in text for text in notices(app)))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: any("Ctrl-Q again leaves without it" in text for text in notices(app)))
        assert app.is_running
        assert prompt(app).text == "typed"
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)


async def test_what_is_typed_while_all_is_opened_stands_beneath_the_kept_draft(home: Home) -> None:
    home.keep("s1")
    home.conversations.save_draft("s1", "from yesterday")
    typed = threading.Event()
    async with home.app("s1", before=lambda: typed.wait(40)).run_test(size=WIDE) as pilot:
        await pilot.press(*"today")
        await until(pilot, lambda: prompt(pilot.app).text == "today")
        typed.set()
        await shown(pilot)
        await until(pilot, lambda: prompt(pilot.app).text == "from yesterday\ntoday")


async def test_where_it_cannot_be_opened_a_question_comes_back_and_is_kept_on_leaving(home: Home) -> None:
    home.keep("s1")
    home.conversations.save_draft("s1", "from yesterday")
    sent = threading.Event()

    def fail() -> None:
        sent.wait(40)
        raise DatabaseLocked(Path("library.sqlite"))

    async with home.app("s1", before=fail).run_test(size=WIDE) as pilot:
        await pilot.press(*"today?", "enter")
        await until(pilot, lambda: "waits until all is open" in text_of(pilot.app, "#activity"))
        sent.set()
        await until(pilot, lambda: prompt(pilot.app).text == "today?")
        await pilot.press("enter")
        await until(pilot, lambda: any("Nothing can be asked" in text for text in notices(pilot.app)))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not pilot.app.is_running)
    assert home.conversations.draft("s1") == "from yesterday\ntoday?"


async def test_what_is_downloaded_is_broken_off_when_the_chat_is_left(home: Home) -> None:
    ended = threading.Event()

    def download() -> None:
        try:
            for _ in range(6_000):
                app._show_download("model", 1, 2)
                time.sleep(0.01)
        finally:
            ended.set()

    app = home.app(before=download)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "model: 50 %" in text_of(app, "#activity"))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
    assert await asyncio.to_thread(ended.wait, 40)


async def test_what_was_typed_in_a_deleted_conversation_goes_along_and_the_deleted_one_stays_deleted(home: Home) -> None:
    home.keep("s1", question="one?")
    home.keep("s2", question="two?")
    async with home.app("s2").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await ready(pilot)
        await pilot.press(*"typed")
        await until(pilot, lambda: home.conversations.draft("s2") == "typed")
        await opened(pilot)
        await deleted(pilot, home, left=1)
        await pilot.press("enter")
        await until(pilot, lambda: [view.question for view in pilot.app.query(AnswerView)] == ["one?"])
        await until(pilot, lambda: prompt(pilot.app).text == "typed")
    assert titles(home) == ["one?"]


async def test_no_conversation_can_be_deleted_while_it_is_being_answered(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.keep("s1")
    written = threading.Event()
    save = home.conversations.save
    app = home.app("s1")
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot)
        await ready(pilot)
        monkeypatch.setattr(app._application.conversations, "save", lambda *words: (written.wait(40), save(*words))[1])
        await pilot.press(*"fees?", "enter")
        await until(pilot, lambda: len(pilot.app.query(AnswerView)) == 2)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: any("is being written" in text for text in notices(app)))
        written.set()
        await until(pilot, lambda: pilot.app.query(AnswerView).last().answer is not None)


async def test_a_correction_that_cannot_be_kept_or_was_left_is_there_again(
    home: Home, full_disk: Callable[[object, str], None]
) -> None:
    home.keep("s1")
    app = home.app("s1")

    async def edited() -> Prompt:
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(app.screen, CorrectScreen) and "Enter saves" in screen_text(app))
        return app.screen.query_one(Prompt)

    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot)
        await edited()
        await pilot.press(*"left", "escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert (await edited()).text == "left"
        full_disk(app._application.feedback, "rate")
        await pilot.press(*"right words", "enter")
        await until(pilot, lambda: "Not kept: F4 opens it again" in text_of(app, "#activity"))
        assert (await edited()).text == "right words"
        await pilot.press(*"more", "ctrl+q")
        await until(pilot, lambda: any("Enter saves it, Ctrl-Q again leaves" in text for text in notices(app)))
        assert app.is_running
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running)
