"""Corrections in the log, as the chat would have kept them."""

from collections.abc import Callable

import pytest
from ayllu.conversations import ChatMessage, RawPrompt, ShownPassage
from ayllu.feedback import FeedbackEvent
from ayllu.tests.exchanges import exchange

SENTENCES = ["The mill opened in 1887.", "Bread costs 3 euros.", "Ana Ruiz runs the library.", "The bridge is made of iron."]
ANSWERS = ["1887", "3 euros", "Ana Ruiz", "iron"]
QUESTIONS = ["When did the mill open?", "What does bread cost?", "Who runs the library?", "What is the bridge made of?"]
MakeEvent = Callable[..., FeedbackEvent]


@pytest.fixture
def make_event() -> MakeEvent:
    """Makes the correction of case `number`, with the answer that its text holds, or another; each in a chat of its own."""

    def make(
        number: int,
        answer: str | None = None,
        *,
        question: str | None = None,
        session: str | None = None,
        passages: list[str] | None = None,
        style: str = "span",
    ) -> FeedbackEvent:
        text = SENTENCES[number % 4]
        shown = passages or [f"{text} More words stand here, of case {number}."]
        raw = RawPrompt("…", (), text)
        kept = exchange(
            f"m{number}",
            question=question or f"{QUESTIONS[number % 4]} Case {number} of village {number * 7}",
            passages=[ShownPassage(n, f"c{n}", "/docs/a.md", None, passage) for n, passage in enumerate(shown, start=1)],
            answered={"session_id": session or f"s{number}"},
            prompts=(ChatMessage("user", "Hello?"),) if style == "prose" else (raw,),
            style=style,
        )
        payload = {"correction": answer or f"{ANSWERS[number % 4]} [1]", "message": kept.to_json()}
        return FeedbackEvent(f"e{number}", "", "rating", f"m{number}", None, payload)

    return make
