"""Exchanges as a session would have kept them, for tests of whoever reads them."""

from collections.abc import Sequence
from typing import Any

from ayllu.conversations import Answer, Citation, Exchange, RawPrompt, ShownPassage, Timings

SOURCE = "/docs/ferry.md"
SENTENCE = "The ferry leaves at 7:45."


def answer(message_id: str = "m1", text: str = "At 7:45 [1]", question: str = "When?", **fields: Any) -> Answer:
    """An answer with one citation."""
    cited = (Citation(1, SOURCE, None, SENTENCE, 0.9),)
    values: dict[str, Any] = {
        "question": question,
        "answer": text,
        "short": text,
        "kind": "draft",
        "evidence": (),
        "citations": cited,
        "passages": cited,
        "requested_backend": "llamacpp",
        "backend": "llamacpp",
        "model": "m",
        "adapter": None,
        "message_id": message_id,
        "session_id": "s1",
        "timings": Timings(total_s=1.25),
    }
    return Answer(**{**values, **fields})


def exchange(
    message_id: str = "m1",
    text: str = "At 7:45 [1]",
    question: str = "When?",
    *,
    passages: Sequence[ShownPassage] = (ShownPassage(1, "c1", SOURCE, None, SENTENCE),),
    answered: dict[str, Any] | None = None,
    **fields: Any,
) -> Exchange:
    """The question of one exchange, answered in the span style. `answered` are fields of its answer."""
    values: dict[str, Any] = {
        "question": question,
        "query": question,
        "created_at": "2026-01-01T10:00:00.000+00:00",
        "person": "ana",
        "style": "span",
        "prompts": (RawPrompt("…", (text,), SENTENCE),),
        "passages": tuple(passages),
        "answer": answer(message_id, text, question, **(answered or {})),
    }
    return Exchange(**{**values, **fields})
