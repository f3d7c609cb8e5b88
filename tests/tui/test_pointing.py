"""A click opens the passage that it points at."""

from ayllu.tui.answer import AnswerView
from ayllu.tui.panel import PassagePanel
from textual.widgets import Markdown

from .conftest import Home
from .driver import shown, text_of, until

NARROW = (80, 24)
TWO_MARKS = "10:00 to 14:00 [1] for 24 euros [2]"


async def test_a_click_on_a_mark_opens_its_passage(home: Home) -> None:
    home.keep("s1", answer=TWO_MARKS)
    async with home.app("s1").run_test(size=NARROW) as pilot:
        await shown(pilot)
        panel = pilot.app.query_one(PassagePanel)
        assert not panel.display
        for mark, column in (("[2]", TWO_MARKS.index("[2]")), ("[1]", TWO_MARKS.index("[1]"))):
            await pilot.click("MarkdownParagraph", offset=(column + 1, 0))
            await until(pilot, lambda: panel.display and text_of(pilot.app, "#passage-title").startswith(mark))  # noqa: B023


async def test_a_click_on_an_answer_chooses_it_and_opens_its_passage(home: Home) -> None:
    home.keep("s1", question="first?", passage="The first passage.")
    home.keep("s1", question="second?")
    async with home.app("s1").run_test(size=NARROW) as pilot:
        await shown(pilot, 2)
        first = pilot.app.query(AnswerView).first()
        await pilot.click(first, offset=(5, 0))
        await until(pilot, lambda: first.has_class("-chosen"))
        await until(pilot, lambda: text_of(pilot.app, "#passage-text") == "The first passage.")
        assert pilot.app.query_one(PassagePanel).display


async def test_a_click_on_a_source_opens_its_passage(home: Home) -> None:
    home.keep("s1")
    async with home.app("s1").run_test(size=NARROW) as pilot:
        await shown(pilot)
        await pilot.press("f5", "f5")
        await until(pilot, lambda: text_of(pilot.app, "#passage-title").startswith("[2]"))
        await pilot.click(".meta", offset=(6, 0))
        await until(pilot, lambda: text_of(pilot.app, "#passage-title").startswith("[1] opening-hours.md"))


async def test_a_link_that_a_document_wrote_is_followed_nowhere(home: Home) -> None:
    home.keep("s1", answer="[here](http://127.0.0.1:9/) it is")
    async with home.app("s1").run_test(size=NARROW) as pilot:
        opened: list[str] = []
        pilot.app.open_url = lambda url, **_: opened.append(url)
        await shown(pilot)
        await pilot.click("MarkdownParagraph", offset=(2, 0))
        await until(pilot, lambda: pilot.app.query_one(PassagePanel).display)
        assert opened == []
        assert pilot.app.query_one(Markdown).source.startswith("[here]")
