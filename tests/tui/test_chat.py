"""The chat as a person uses it: keys in, screen out, with the real library and a scripted model behind it."""

import threading
from pathlib import Path

from ayllu import paths
from ayllu.app import Application, ChatOptions
from ayllu.tui import ChatApp
from ayllu.tui.answer import AnswerView
from ayllu.tui.confirm import ConfirmScreen
from ayllu.tui.correct import CorrectScreen
from ayllu.tui.help import HelpScreen
from ayllu.tui.panel import PassagePanel
from textual.widgets import Markdown, Static

from .conftest import QUESTION, Home
from .driver import WIDE, ask, prompt, shown, text_of, until


async def test_a_question_shows_evidence_then_a_cited_answer_and_its_passage(home: Home) -> None:
    home.backend.raw.pause_s = 0.1
    async with home.app().run_test(size=WIDE) as pilot:
        app = pilot.app
        prompt(app).text = QUESTION
        await pilot.press("enter")
        await until(pilot, lambda: bool(app.query(".evidence")) and "10:00 to 14:00" in text_of(app, ".evidence"))
        view = app.query_one(AnswerView)
        assert view.answer is None
        await until(pilot, lambda: view.answer is not None)
        await pilot.pause()
        assert view.query_one(Markdown).source.startswith("10:00 to 14:00 [1]")
        assert "[1] opening-hours.md" in text_of(app, ".meta")
        assert text_of(app, "#passage-title") == "[1] opening-hours.md, line 1"
        assert "10:00 to 14:00" in text_of(app, "#passage-text")
        await pilot.press("f5")
        assert text_of(app, "#passage-title").startswith("[2] ")
        assert prompt(app).text == ""
        await pilot.press("up")
        assert prompt(app).text == QUESTION


async def test_thumbs_and_corrections_are_kept_and_the_way_to_learning_is_told(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "rated good" in text_of(pilot.app, ".meta"))
        await pilot.press("f4", "f4")
        assert isinstance(pilot.app.screen, CorrectScreen)
        assert len(pilot.app.screen_stack) == 2
        await pilot.press(*"10:00", "enter")
        await until(pilot, lambda: "1 of about 50 corrections" in text_of(pilot.app, "#activity"))
        assert text_of(pilot.app, ".meta").endswith("rated good  ·  corrected".replace("  ", " "))
    last = home.feedback.list()[-1]
    assert last.correction == "10:00"
    assert [event.rating for event in home.feedback.standing()] == ["up", None]
    assert last.exchange.question == QUESTION


async def test_learning_runs_in_the_background_and_says_what_came_of_it(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: "Promoted: [bold]f1[/bold] went up." in text_of(pilot.app, "#activity"))
        assert prompt(pilot.app).has_focus


async def test_a_rating_goes_to_the_chosen_answer(home: Home) -> None:
    home.keep("s1", question="first?")
    home.keep("s1", question="second?")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot, 2)
        await pilot.press("f7", "f3")
        await until(pilot, lambda: len(home.feedback.list()) == 1)
    assert home.feedback.list()[0].exchange.question == "first?"


async def test_nothing_to_rate_is_said(home: Home) -> None:
    async with home.app().run_test() as pilot:
        await until(pilot, lambda: "loading" in text_of(pilot.app, "#activity") or not text_of(pilot.app, "#activity"))
        await pilot.press("f2", "f4", "f5")
        await pilot.pause()
        assert len(pilot.app.screen_stack) == 1
        assert any("no answer to rate" in note.message for note in pilot.app._notifications)
    assert home.feedback.list() == []


async def test_escape_stops_the_answer_and_gives_the_question_back(home: Home) -> None:
    home.backend.raw.pause_s = 1.0
    async with home.app().run_test(size=WIDE) as pilot:
        app = pilot.app
        await until(pilot, lambda: text_of(app, "#activity") == "")
        prompt(app).text = QUESTION
        await pilot.press("enter")
        await until(pilot, lambda: "writ" in text_of(app, "#activity"))
        await pilot.press("escape")
        await until(pilot, lambda: bool(app.query(".-failed")), 5)
        assert "stopped" in text_of(app, ".meta")
        assert prompt(app).text == QUESTION
        home.backend.raw.pause_s = 0.0
        view = await ask(pilot, QUESTION)
        assert view.answer.short == "10:00 to 14:00"


async def test_a_question_sent_before_all_is_open_waits_and_is_answered(home: Home) -> None:
    opened = threading.Event()
    async with home.app(before=lambda: opened.wait(20)).run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "opening" in text_of(pilot.app, "#activity"))
        prompt(pilot.app).text = QUESTION
        await pilot.press("enter")
        activity = text_of(pilot.app, "#activity")
        opened.set()
        assert "waits" in activity
        await until(pilot, lambda: bool(pilot.app.query(AnswerView)) and pilot.app.query_one(AnswerView).answer is not None)


async def test_an_answer_that_ends_while_the_program_is_left_ends_quietly(home: Home) -> None:
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await until(pilot, lambda: text_of(pilot.app, "#activity") == "")
        prompt(pilot.app).text = QUESTION
        await pilot.press("enter")
        await until(pilot, lambda: bool(pilot.app.query(AnswerView)))
        await pilot.app.query("#status").remove()  # leaving removes it, and all else after it
        await until(pilot, lambda: not any(worker.group == "asking" and worker.is_running for worker in pilot.app.workers))
    answered = [exchange.question for exchange in home.conversations.exchanges("s1")]
    assert [*answered, *home.conversations.unanswered("s1")] == [QUESTION]


async def test_what_was_typed_is_there_again_after_leaving(home: Home) -> None:
    async with home.app("s1").run_test() as pilot:
        await until(pilot, lambda: text_of(pilot.app, "#activity") == "")
        await pilot.press(*"half a thou", "ctrl+q")
    async with home.app("s1").run_test() as pilot:
        await until(pilot, lambda: prompt(pilot.app).text == "half a thou")


async def test_a_question_that_a_dead_program_left_is_offered_again(home: Home) -> None:
    home.conversations.save_question("s1", "what was I asking?")
    async with home.app("s1").run_test() as pilot:
        await until(pilot, lambda: prompt(pilot.app).text == "what was I asking?")


async def test_hostile_text_is_shown_as_text(home: Home) -> None:
    home.keep(
        "s1",
        question="[bold]what[/bold] \x1b[31mis\x1b]0;owned\x07 it?",
        answer="[red]10[/red] \x1b[2J [1]",
        passage="[bold]x[/bold] \x1b]52;c;ZXZpbA==\x07[9] done \x9b31m\u202eabc",
    )
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.pause()
        assert text_of(pilot.app, ".question") == "[bold]what[/bold] is it?"
        assert text_of(pilot.app, "#passage-text") == "[bold]x[/bold] [9] done abc"
        strips = pilot.app.screen._compositor.render_strips()
        screen = "".join(segment.text for strip in strips for segment in strip)
        assert "\x1b" not in screen
        assert "\x9b" not in screen
        assert "owned" not in screen


async def test_the_panel_keeps_out_of_a_narrow_screen_until_it_is_asked_for(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=(80, 24)) as pilot:
        await shown(pilot)
        panel = pilot.app.query_one(PassagePanel)
        assert not panel.display
        await pilot.press("f5")
        assert panel.display
        await pilot.press("f6")
        assert not panel.display


async def test_help_lists_the_keys_and_goes_away(home: Home) -> None:
    async with home.app().run_test(size=WIDE) as pilot:
        await pilot.press("f1")
        assert isinstance(pilot.app.screen, HelpScreen)
        shown = [str(line.render()) for line in pilot.app.screen.query("#help Static").results(Static)]
        assert "Write what the answer should have been" in shown
        await pilot.press("escape")
        assert len(pilot.app.screen_stack) == 1


async def test_a_new_conversation_leaves_the_old_one_kept(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: not pilot.app.query(AnswerView))
    assert len(home.conversations.exchanges("s1")) == 1


async def test_an_error_at_the_start_is_said_and_the_program_goes_on(home: Home) -> None:
    from ayllu.errors import AylluError

    def broken() -> None:
        raise AylluError("The library is of a later version.", hint="Update ayllu.")

    async with home.app(before=broken).run_test() as pilot:
        await until(pilot, lambda: "later version" in text_of(pilot.app, "#activity"))
        await pilot.press("ctrl+q")


async def test_a_download_is_asked_for_and_a_no_leaves_the_program_open(tmp_path: Path) -> None:
    with Application(paths.find(tmp_path)) as application:
        async with ChatApp(application, ChatOptions()).run_test(size=WIDE) as pilot:
            await until(pilot, lambda: "all-MiniLM-L6-v2" in text_of(pilot.app, "#confirmation Static:first-child"))
            await pilot.press("n")
            await until(pilot, lambda: "Nothing was downloaded" in text_of(pilot.app, "#activity"))
            await pilot.press("ctrl+q")


async def test_leaving_at_the_question_is_a_no(tmp_path: Path) -> None:
    with Application(paths.find(tmp_path)) as application:
        async with ChatApp(application, ChatOptions()).run_test(size=WIDE) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen) and bool(pilot.app.screen.children))
            question = pilot.app.screen
            await pilot.press("ctrl+q")
    assert question.answered.result(5) is False


async def test_the_first_of_two_presses_at_the_question_counts(tmp_path: Path) -> None:
    with Application(paths.find(tmp_path)) as application:
        async with ChatApp(application, ChatOptions()).run_test(size=WIDE) as pilot:
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen) and bool(pilot.app.screen.children))
            question = pilot.app.screen
            for yes in (False, True):
                question.call_later(question.action_answer, yes)
            await until(pilot, lambda: pilot.app.screen is not question)
            await until(pilot, lambda: "Nothing was downloaded" in text_of(pilot.app, "#activity"))
            assert question.answered.result(5) is False
            await pilot.press("ctrl+q")
