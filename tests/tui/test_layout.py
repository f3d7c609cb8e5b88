"""All stays usable on small screens, and nothing covers the prompt."""

from ayllu.tui.conversation import Conversation
from ayllu.tui.keys import KEYS
from ayllu.tui.panel import PassagePanel

from .conftest import Home
from .driver import screen_text, shown, until


async def test_notices_neither_cover_the_prompt_nor_pile_up(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=(40, 20), notifications=True) as pilot:
        await shown(pilot)
        for number in range(8):
            pilot.app.notify(f"Notice {number}, which is long enough to need several lines on a small screen.")
            pilot.app.notify("The same")
            pilot.app.notify("The same")
        await until(pilot, lambda: "Notice 1" in screen_text(pilot.app))
        assert "│ Ask your documents…                │" in screen_text(pilot.app)
        assert screen_text(pilot.app).count("The same") <= 2


async def test_on_a_narrow_screen_the_passage_takes_the_place_of_the_conversation(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=(40, 20)) as pilot:
        await shown(pilot)
        conversation, panel = pilot.app.query_one(Conversation), pilot.app.query_one(PassagePanel)
        assert conversation.size.width >= 36
        await pilot.press("f5")
        await until(pilot, lambda: panel.display and not conversation.display)
        assert panel.size.width >= 36
        assert "Esc: back to the conversation" in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, lambda: conversation.display and not panel.display)
        await pilot.resize_terminal(120, 30)
        await pilot.press("f6")
        await until(pilot, lambda: panel.display and conversation.display)


async def test_a_panel_that_was_closed_stays_closed_when_the_screen_changes_its_size(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=(120, 30)) as pilot:
        await shown(pilot)
        panel = pilot.app.query_one(PassagePanel)
        await until(pilot, lambda: panel.display)
        await pilot.press("f6")
        await until(pilot, lambda: not panel.display)
        await pilot.resize_terminal(130, 30)
        await until(pilot, lambda: pilot.app.query_one(Conversation).size.width > 120)
        assert not panel.display


async def test_help_fits_an_ordinary_terminal(home: Home) -> None:
    async with home.app().run_test(size=(80, 24)) as pilot:
        await pilot.press("f1")
        last = [key for key in KEYS if key.group == "The program"][-1]
        await until(pilot, lambda: last.words in screen_text(pilot.app))
        assert pilot.app.screen.query_one("#help").max_scroll_y == 0
        assert all(key.words.split()[0] in screen_text(pilot.app) for key in KEYS)


async def test_help_scrolls_where_it_does_not_fit(home: Home) -> None:
    async with home.app().run_test(size=(40, 14)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: "Send the question" in screen_text(pilot.app))
        await pilot.press("pagedown", "down", "end")
        await until(pilot, lambda: "stays on this" in screen_text(pilot.app))
