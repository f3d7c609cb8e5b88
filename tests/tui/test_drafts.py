"""A draft that is taken back stays readable with its reason, and no other answer's passage stands beside a new one."""

import asyncio
from collections.abc import AsyncGenerator

from ayllu.agents import DraftDropped, Event, EvidenceFound, Thought, Token
from ayllu.conversations import Evidence, SecondReading, Unsupported, Withdrawn, new_id
from ayllu.retrieval import Passage, Retrieved
from ayllu.tests.exchanges import exchange
from ayllu.tui.answer import AnswerView
from ayllu.tui.marks import without_notes
from ayllu.tui.reading import Reading
from ayllu.tui.withdrawn import WithdrawnDraft
from textual.pilot import Pilot

from .conftest import Home
from .driver import WIDE, ready, screen_text, shown, text_of, until


class Script:
    """A session that says what a test has it say, and does not end."""

    def __init__(self, *events: Event) -> None:
        self._events = events

    async def ask(self, question: str) -> AsyncGenerator[Event, None]:
        for event in self._events:
            yield event
        await asyncio.Event().wait()


async def scripted(pilot: Pilot[int], *events: Event) -> AnswerView:
    view = AnswerView("And then?")
    await pilot.app.query_one(Reading).add(view)
    view.ask(Script(*events))  # type: ignore[arg-type]
    return view


async def test_a_withdrawn_draft_is_folded_under_its_reason_and_unfolds(home: Home) -> None:
    reason = "the draft was [red]not[/red] supported"
    async with home.app().run_test(size=WIDE) as pilot:
        await ready(pilot)
        view = await scripted(
            pilot, Token("It is made of "), Token("green cheese."), DraftDropped(reason), Token("Of stone.")
        )
        await until(pilot, lambda: "Of stone." in screen_text(pilot.app))
        assert f"▶ Draft withdrawn: {reason}" in screen_text(pilot.app)
        assert "green cheese" not in screen_text(pilot.app)
        await pilot.click(".reason")
        await until(pilot, lambda: "It is made of green cheese." in screen_text(pilot.app))
        view.query_one(WithdrawnDraft).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "green cheese" not in screen_text(pilot.app))
        view.leave()


async def test_the_passage_of_the_answer_before_is_gone_when_the_next_is_asked_for(home: Home) -> None:
    home.keep("s1")
    passage = Passage("c9", "a/kiln.md", 2, "The kiln is hot.", 0, 16, 1.0, 1.0)
    evidence = Evidence(1, "a/kiln.md", 2, "The kiln is hot.", 0, 16)
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        assert text_of(pilot.app, "#passage-title").startswith("[1]")
        first = await scripted(pilot)
        await until(pilot, lambda: text_of(pilot.app, "#passage-title") == "")
        first.leave()
        second = await scripted(pilot, EvidenceFound([evidence], Retrieved("q", [passage], [], 0.0, 0.0)))
        await until(pilot, lambda: text_of(pilot.app, "#passage-title") == "kiln.md, page 2 (found first)")
        assert text_of(pilot.app, "#passage-text") == "The kiln is hot."
        second.leave()


async def test_what_the_model_thought_is_folded_away_while_it_writes(home: Home) -> None:
    async with home.app().run_test(size=WIDE) as pilot:
        await ready(pilot)
        view = await scripted(pilot, Thought("Hm, \x1b[31mcheese"), Thought(" or stone?"), Token("Of stone."))
        await until(pilot, lambda: "Of stone." in screen_text(pilot.app))
        assert "▶ The model thought first (4 words)" in screen_text(pilot.app)
        assert "cheese" not in screen_text(pilot.app)
        await pilot.click(".reason")
        await until(pilot, lambda: "Hm, cheese or stone?" in screen_text(pilot.app))
        view.leave()


async def test_a_kept_conversation_unfolds_what_was_withdrawn_and_dims_what_is_not_found(home: Home) -> None:
    text = "It is 10:00 [1]. Bananas grow."
    note = (Unsupported("Bananas grow.", 17, 30),)
    gone = Withdrawn("It is made of green cheese.", "nothing in it stands in the documents")
    fields = {"session_id": "s1", "unsupported": note, "withdrawn": gone}
    home.conversations.save(exchange(new_id("m"), text, "When?", thought="Let me see.", answered=fields))
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await until(pilot, lambda: "Bananas grow. (not found in the documents)" in screen_text(pilot.app))
        strips = pilot.app.screen._compositor.render_strips()
        (dimmed,) = [segment for strip in strips for segment in strip if "not found" in segment.text]
        assert dimmed.style is not None
        assert dimmed.style.italic
        assert not dimmed.style.strike
        assert "▶ The model thought first (3 words)" in screen_text(pilot.app)
        assert "▶ Draft withdrawn: nothing in it stands in the documents" in screen_text(pilot.app)
        pilot.app.query_one(WithdrawnDraft).focus()
        await pilot.press("enter")
        await until(pilot, lambda: "It is made of green cheese." in screen_text(pilot.app))
        pilot.app.query_one(AnswerView).text_select_all()
        copied: list[str] = []
        pilot.app.copy_to_clipboard = copied.append  # type: ignore[method-assign]
        await pilot.press("ctrl+c")
        assert "Bananas grow." in copied[0]
        assert "not found" not in copied[0]


async def test_that_two_readers_agree_stands_beneath_the_answer(home: Home) -> None:
    read = SecondReading("10:00", "It is 10:00.", 1, "little", "agrees", "unshown", 0.9)
    home.conversations.save(
        exchange(new_id("m"), "It is 10:00 [1].", "When?", answered={"session_id": "s1", "second_reading": read})
    )
    async with home.app("s1").run_test(size=WIDE) as pilot:
        await shown(pilot)
        await until(pilot, lambda: "two readers agree" in screen_text(pilot.app))


def test_notes_are_not_copied() -> None:
    assert without_notes("A. (not found in the documents) B.\n\n(not found in the documents)") == "A. B."
