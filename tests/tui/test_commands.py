"""What is typed after a slash, and the keys that programs in a terminal are expected to know."""

import pytest
from ayllu.tui.answer import AnswerView
from ayllu.tui.correct import CorrectScreen
from ayllu.tui.help import HelpScreen
from textual.command import CommandPalette
from textual.selection import SELECT_ALL
from textual.widgets import Static

from .conftest import QUESTION, Home
from .driver import WIDE, notices, prompt, ready, shown, text_of, until


async def test_slash_commands_do_what_keys_do_and_are_not_searched_for(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press(*"/help", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("escape")
        assert prompt(pilot.app).text == ""
        await pilot.press(*"/good", "enter")
        await until(pilot, lambda: "rated good" in text_of(pilot.app, ".meta"))
        await pilot.press(*"/new", "enter")
        await until(pilot, lambda: not pilot.app.query(AnswerView))
        await pilot.press(*"/quit", "enter")
        await until(pilot, lambda: pilot.app.return_code == 0 and not pilot.app.is_running)
    assert home.conversations.input_history() == []


async def test_an_unknown_command_is_said_and_stays_in_the_prompt(home: Home) -> None:
    async with home.app().run_test(size=WIDE) as pilot:
        await ready(pilot)
        await pilot.press(*"/hlep", "enter")
        await until(pilot, lambda: any("no command /hlep. There is /help" in text for text in notices(pilot.app)))
        assert prompt(pilot.app).text == "/hlep"
        assert not pilot.app.query(AnswerView)


@pytest.mark.parametrize("question", [" /help is what?", "/etc/hosts says what?"])
async def test_a_space_before_it_or_a_path_makes_it_a_question(home: Home, question: str) -> None:
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await ready(pilot)
        prompt(pilot.app).text = question
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.query(AnswerView)) and pilot.app.query_one(AnswerView).answer is not None)
    assert home.conversations.input_history() == [question.strip()]


async def test_control_c_says_how_to_leave_and_leaves_when_pressed_twice(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ayllu.tui.app._TWICE_S", 60.0)  # no machine is too slow to press it twice
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await ready(pilot)
        await pilot.press(*"typed", "ctrl+c")
        await until(pilot, lambda: any("Ctrl-Q" in text for text in notices(pilot.app)))
        assert prompt(pilot.app).text == "typed"
        await pilot.press("ctrl+c")
        await until(pilot, lambda: pilot.app.return_code == 0 and not pilot.app.is_running)
    assert home.conversations.draft("s1") == "typed"


async def test_control_c_copies_what_is_selected(home: Home) -> None:
    async with home.app().run_test(size=WIDE) as pilot:
        await ready(pilot)
        prompt(pilot.app).text = "some words"
        prompt(pilot.app).select_all()
        await pilot.press("ctrl+c")
        assert pilot.app.clipboard == "some words"
        assert any("Copied" in text for text in notices(pilot.app))


async def test_what_is_selected_of_an_answer_is_copied_once_and_then_control_c_says_how_to_leave(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        pilot.app.screen.selections = {pilot.app.query_one(".question", Static): SELECT_ALL}
        await pilot.press("ctrl+c")
        assert pilot.app.clipboard == QUESTION
        await pilot.press("ctrl+c")
        await until(pilot, lambda: any("Ctrl-Q" in text for text in notices(pilot.app)))


async def test_control_c_stops_an_answer_and_goes_back_from_a_dialog(home: Home) -> None:
    home.keep("s1")
    home.backend.raw.pause_s = 1.0
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        prompt(pilot.app).text = QUESTION
        await pilot.press("enter")
        await until(pilot, lambda: "writ" in text_of(pilot.app, "#activity"))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: bool(pilot.app.query(".-failed")))
        assert prompt(pilot.app).text == QUESTION


async def test_control_d_leaves_on_an_empty_prompt_only(home: Home) -> None:
    async with home.app().run_test(size=WIDE) as pilot:
        await ready(pilot)
        await pilot.press(*"ab", "home", "ctrl+d")
        assert prompt(pilot.app).text == "b"
        await pilot.press("delete")
        await pilot.press("delete")
        assert pilot.app.is_running
        await pilot.press("ctrl+d")
        await until(pilot, lambda: pilot.app.return_code == 0 and not pilot.app.is_running)


async def test_the_palette_finds_a_command_by_its_name(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, CommandPalette))
        await pilot.press(*"should have been")
        await until(pilot, lambda: pilot.app.screen.query_one("CommandList").option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, CorrectScreen))


async def test_keys_with_nothing_to_do_say_so(home: Home) -> None:
    async with home.app().run_test(size=WIDE) as pilot:
        await ready(pilot)
        for key, verb in (
            ("f2", "rate"),
            ("f3", "rate"),
            ("f4", "correct"),
            ("f5", "show"),
            ("f7", "choose"),
            ("f8", "choose"),
        ):
            await pilot.press(key)
            await until(pilot, lambda: any(f"no answer to {verb}" in text for text in notices(pilot.app)))  # noqa: B023
