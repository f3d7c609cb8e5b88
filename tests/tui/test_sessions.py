"""Conversations in the chat: found again, opened, renamed and deleted."""

from ayllu.tui.answer import AnswerView
from ayllu.tui.confirm import ConfirmScreen
from ayllu.tui.sessions import SessionsScreen
from textual.pilot import Pilot
from textual.widgets import OptionList

from .conftest import Home
from .driver import WIDE, prompt, screen_text, shown, text_of, until


async def opened(pilot: Pilot[int]) -> None:
    await pilot.press("ctrl+o")
    await until(pilot, lambda: isinstance(pilot.app.screen, SessionsScreen) and bool(pilot.app.screen.children))


def titles(home: Home) -> list[str]:
    return [info.title for info in home.conversations.sessions.list()]


async def test_an_old_conversation_is_found_by_its_title_and_opened_with_what_was_typed(home: Home) -> None:
    home.keep("s1", question="Where is the kiln?")
    home.conversations.save_draft("s1", "and how hot is it?")
    home.keep("s2", question="What are the fees?")
    home.conversations.save_draft("s2", "what is ")  # the last used is the one that is opened
    async with home.app().run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press(*"left")
        await opened(pilot)
        assert "Where is the kiln?" in screen_text(pilot.app)
        await pilot.press(*"kiln")
        await until(pilot, lambda: pilot.app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: [view.question for view in pilot.app.query(AnswerView)] == ["Where is the kiln?"])
        await until(pilot, lambda: prompt(pilot.app).text == "and how hot is it?")
    assert home.conversations.draft("s2") == "what is left"


async def test_a_conversation_is_renamed_and_deleted_after_a_confirmation(home: Home) -> None:
    home.keep("s1", question="first?")
    home.keep("s2", question="second?")
    async with home.app().run_test(size=WIDE) as pilot:
        await shown(pilot)
        await opened(pilot)
        await pilot.press("down", "f2")
        await pilot.press("home", *"My ", "enter")
        await until(pilot, lambda: titles(home) == ["second?", "My first?"])
        await until(pilot, lambda: "My first?" in screen_text(pilot.app))
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen) and "My first?" in screen_text(pilot.app))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, SessionsScreen))
        assert titles(home) == ["second?", "My first?"]
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: titles(home) == ["second?"])
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert [view.question for view in pilot.app.query(AnswerView)] == ["second?"]


async def test_where_the_shown_conversation_is_deleted_a_new_one_begins(home: Home) -> None:
    home.keep("s1")
    async with home.app().run_test(size=WIDE) as pilot:
        await shown(pilot)
        await opened(pilot)
        await pilot.press("f8")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "No conversation is kept yet." in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: not pilot.app.query(AnswerView))
        assert "shown here" in text_of(pilot.app, "#passage-text")


async def test_a_new_conversation_says_that_the_old_one_is_kept_and_shows_none_of_its_passages(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "is kept: Ctrl-O opens it" in text_of(pilot.app, "#activity"))
        assert text_of(pilot.app, "#passage-title") == ""
        assert "shown here" in text_of(pilot.app, "#passage-text")
