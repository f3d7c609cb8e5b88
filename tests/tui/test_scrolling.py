"""Everything can be reached by keys, and nobody is carried off while reading."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from ayllu.agents import Event, Token
from ayllu.tui.answer import AnswerView
from ayllu.tui.conversation import Conversation
from ayllu.tui.panel import PassagePanel
from ayllu.tui.prompt import Prompt
from ayllu.tui.reading import Reading
from textual.widgets import Markdown

from .conftest import Home
from .driver import WIDE, prompt, screen_text, shown, transcript, until

TALL = "\n".join(["```", *(f"Line {number} of the answer." for number in range(100)), "```"])


class Dictation:
    """A session whose answer a test says word by word."""

    def __init__(self) -> None:
        self.words: asyncio.Queue[str] = asyncio.Queue()

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        while True:
            yield Token(await self.words.get())


async def test_the_keys_of_the_prompt_scroll_the_conversation(home: Home) -> None:
    home.keep("s1", answer=TALL)
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        view = transcript(pilot.app)
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 50)
        await pilot.press("pageup")
        await until(pilot, lambda: 0 < view.scroll_y < view.max_scroll_y)
        await pilot.press("home")
        await until(pilot, lambda: view.scroll_y == 0)
        await pilot.press("pagedown")
        await until(pilot, lambda: view.scroll_y > 0)
        await pilot.press("end")
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y)
        await pilot.press("ctrl+home")
        await until(pilot, lambda: view.scroll_y == 0)


async def test_home_and_end_first_move_in_what_is_typed(home: Home) -> None:
    home.keep("s1", answer=TALL)
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        view = transcript(pilot.app)
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 50)
        await pilot.press(*"ab", "home")
        await until(pilot, lambda: prompt(pilot.app).cursor_location == (0, 0))
        assert view.scroll_y == view.max_scroll_y
        await pilot.press("home")
        await until(pilot, lambda: view.scroll_y == 0)


async def test_keys_scroll_the_passage_that_has_the_focus_and_letters_go_to_the_prompt(home: Home) -> None:
    home.keep("s1", answer=TALL, passage="\n".join(f"Line {number}" for number in range(200)))
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        panel, view = pilot.app.query_one(PassagePanel), transcript(pilot.app)
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 50)
        await pilot.press("tab")
        assert panel.has_focus
        await pilot.press("end")
        await until(pilot, lambda: panel.scroll_y == panel.max_scroll_y > 100)
        await pilot.press("pageup")
        await until(pilot, lambda: panel.scroll_y < panel.max_scroll_y)
        assert view.scroll_y == view.max_scroll_y
        await pilot.press("x")
        assert prompt(pilot.app).text == "x"
        assert isinstance(pilot.app.focused, Prompt)


async def test_whoever_scrolls_up_while_an_answer_is_written_stays_there(home: Home) -> None:
    home.keep("s1", answer=TALL)
    session = Dictation()
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        view, answer = transcript(pilot.app), AnswerView("And then?")
        await pilot.app.query_one(Reading).add(answer)
        answer.ask(session)  # type: ignore[arg-type]
        session.words.put_nowait("First words.\n\n")
        await until(pilot, lambda: "First words." in screen_text(pilot.app))
        await pilot.press("pageup")
        await until(pilot, lambda: view.scroll_y < view.max_scroll_y)
        at, height = view.scroll_y, view.max_scroll_y
        session.words.put_nowait("\n\n".join(f"More {number}" for number in range(20)))
        await until(pilot, lambda: view.max_scroll_y > height + 20)
        await until(pilot, lambda: "↓ new" in screen_text(pilot.app))
        assert view.scroll_y == at
        await pilot.press("end")
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y)
        assert "↓ new" not in screen_text(pilot.app)
        height = view.max_scroll_y
        session.words.put_nowait("\n\nLast\n\nwords, and\n\nthe end")
        await until(pilot, lambda: view.max_scroll_y > height and view.scroll_y == view.max_scroll_y)
        answer.leave()


async def test_all_turns_of_a_long_conversation_are_there(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversation, "AT_ONCE", 5)
    for number in range(12):
        home.keep("s1", question=f"Question {number}?")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await until(pilot, lambda: bool(pilot.app.query(".-chosen")))
        await until(pilot, lambda: "Question 11?" in screen_text(pilot.app))
        await pilot.press("home")
        await until(pilot, lambda: "Question 0?" in screen_text(pilot.app))
        questions = [view.question for view in pilot.app.query(AnswerView)]
        assert questions == [f"Question {number}?" for number in range(12)]
        assert pilot.app.query(Markdown).last().source.startswith("10:00")


async def test_scrolling_up_shows_what_was_before_and_keeps_its_place(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conversation, "AT_ONCE", 5)
    for number in range(12):
        home.keep("s1", question=f"Question {number}?")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "7 earlier questions" in str(pilot.app.query_one("#earlier").render()))
        view = transcript(pilot.app)
        await until(pilot, lambda: view.scroll_y == view.max_scroll_y > 0)
        view.scroll_home(animate=False)
        await until(pilot, lambda: len(pilot.app.query(AnswerView)) == 10)
        await until(pilot, lambda: view.scroll_y > 0 and "Question 7?" in screen_text(pilot.app))
