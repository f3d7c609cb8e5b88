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


def old_row(**fields: Any) -> dict[str, Any]:
    """A row of 0.1.0: passages as they were retrieved, and the answer with the marks that were on screen."""
    shown = [
        {"n": 1, "source": "b.md", "page": None, "text": "It leaves at 7:45.", "score": 0.5},
        {"n": 2, "source": "a.md", "page": 4, "text": "A red ferry.", "score": 0.9},
    ]
    answer = {
        "question": "and when?",
        "answer": "7:45 [1]",
        "short": "7:45",
        "kind": "draft",
        "evidence": [{"n": 1, "source": "b.md", "page": None, "text": "It leaves at 7:45.", "start": 0, "end": 18}],
        "citations": shown[:1],
        "passages": shown,
        "requested_backend": "fallback",
        "backend": "llamacpp",
        "model": "m",
        "adapter": None,
        "message_id": "m1",
        "session_id": "s1",
        "warnings": [],
        "timings": {"search_s": 0.1, "evidence_s": 0.2, "first_token_s": None, "total_s": 1.5, "tokens": 6},
        "abstained": False,
    }
    row = {
        "message_id": "m1",
        "session_id": "s1",
        "created_at": "2026-01-01T00:00:00.000+00:00",
        "question": "and when?",
        "answer": answer,
        "messages": [{"prompt": "Text: …", "completion": ["7:45"], "context": "It leaves at 7:45."}],
        "passages": [
            {"n": 1, "chunk_id": "c9", "source": "a.md", "page": 4, "text": "A \x1b[31mred ferry."},
            {"n": 2, "chunk_id": "c4", "source": "b.md", "page": None, "text": "It leaves at 7:45."},
        ],
        "model": "m",
        "adapter": None,
        "backend": "llamacpp",
        "sampling": {
            **{"style": "span", "query": "the ferry and when?", "team": "default"},
            **{"temperature": 0.0, "max_tokens": 512, "seed": None, "answerable": 0.75},
        },
    }
    return row | fields
