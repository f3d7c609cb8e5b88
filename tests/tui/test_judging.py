"""Ratings and corrections stay on the screen, and a correction that teaches nothing is told at once from one that does."""

from ayllu.tui.correct import CorrectScreen

from .conftest import QUESTION, Home
from .driver import WIDE, prompt, screen_text, shown, text_of, until


async def test_what_was_said_of_an_answer_is_there_after_a_restart_and_can_be_taken_back(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: "rated bad" in text_of(pilot.app, ".meta"))
        await pilot.press("f4", *"10:00", "enter")
        await until(pilot, lambda: text_of(pilot.app, ".meta").endswith("rated bad · corrected"))
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        assert text_of(pilot.app, ".meta").endswith("rated bad · corrected")
        await pilot.press("f3")
        await until(pilot, lambda: text_of(pilot.app, ".meta").endswith("1.2 s · corrected"))
    assert home.feedback.stats().down == 0


async def test_what_a_rating_is_used_for_is_told_in_a_line_and_why_where_it_is_for_nothing(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "Kept. Used for memory" in text_of(pilot.app, "#activity"))
        assert "judging adapters." in text_of(pilot.app, "#activity")
        await pilot.press("f12")
        await until(pilot, lambda: "It is used for nothing. It says neither" in text_of(pilot.app, "#activity"))
        await pilot.press("f12")
        await until(pilot, lambda: "Taken back" in text_of(pilot.app, "#activity"))


async def test_a_correction_that_teaches_nothing_is_told_while_it_is_typed_and_does_not_count(home: Home) -> None:
    home.keep("s1", question="When may one borrow books?")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "It can be learnt from." in text_of(pilot.app, "#correction-use"))
        await pilot.press(*"ten to three")
        await until(pilot, lambda: "“three” stands in none of the passages" in text_of(pilot.app, "#correction-use"))
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing can be learnt from it" in text_of(pilot.app, "#activity"))
        await until(pilot, lambda: "corrected" in text_of(pilot.app, ".meta"))
        await pilot.press("f4")
        await until(pilot, lambda: isinstance(pilot.app.screen, CorrectScreen))
        assert pilot.app.screen.query_one("#correction-text").text == "ten to three"
        await pilot.press(*"10:00 to 14:00", "enter")
        await until(pilot, lambda: "1 of about 50 corrections" in text_of(pilot.app, "#activity"))
    assert home.feedback.stats().corrections == 1


async def test_the_editor_of_a_correction_shows_the_passages(home: Home) -> None:
    home.keep("s1", passage="Nobody knows.\n" * 40 + "It opens at 10:00 to 14:00.")
    async with home.app("s1").run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        await pilot.press("f4")
        await until(pilot, lambda: "Nobody knows." in screen_text(pilot.app) and "Enter saves" in screen_text(pilot.app))
        for _ in range(8):
            await pilot.press("pagedown")
        await until(pilot, lambda: "It opens at 10:00 to 14:00." in screen_text(pilot.app))
        await pilot.press("f5")
        await until(pilot, lambda: "A year costs 24 euros." in screen_text(pilot.app))
        await pilot.press("escape")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert prompt(pilot.app).has_focus


async def test_a_corrected_question_is_answered_by_the_correction_with_a_mark_and_can_be_rated_partly_good(
    home: Home,
) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f12")
        await until(pilot, lambda: "rated partly right" in text_of(pilot.app, ".meta"))
        await pilot.press("f4", *"ten to two", "enter")
        await until(pilot, lambda: "the question is answered so" in text_of(pilot.app, "#activity"))
        assert "Also used for finding passages" in text_of(pilot.app, "#activity")
        await pilot.press(*QUESTION, "enter")
        await until(pilot, lambda: "✎ You corrected this on" in screen_text(pilot.app))
        assert "ten to two" in screen_text(pilot.app)
    assert home.feedback.stats().partly == 1
    assert not home.backend.client.calls
