"""An entry as the event that the product itself would have kept: with the passages that our own search finds for it, and the
very prompt that the writer would have sent.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from ....agents import load_span_prompt, span_contexts
from ....conversations import Answer, ChatMessage, Exchange, Origin, RawPrompt, ShownPassage
from ....evaluation import EVAL_COLLECTION
from ....feedback import FeedbackEvent
from ....retrieval import Library, Passage
from .entries import Entry


def build_event(
    entry: Entry,
    file: Path,
    source: str | None,
    library: Library | None,
    *,
    shown: int,
    model: str,
    prompts: Path | None,
) -> FeedbackEvent:
    """The event of an entry of `file`, answered over `library` (`None`: over nothing), `shown` passages of it.

    `source` is the document that the correction cites, where the answer stands in it.
    """
    retrieved = library.retrieve(entry.question, k=shown, collection=EVAL_COLLECTION) if library else None
    contexts = span_contexts(retrieved, tuned=False) if retrieved is not None and retrieved.sentences else []
    passages: Sequence[Passage] = retrieved.passages if retrieved is not None else ()
    mark = next((n for n, passage in enumerate(passages, start=1) if passage.source == source), None)
    key = hashlib.sha256(json.dumps([entry.question, entry.answer, entry.context]).encode()).hexdigest()
    conversation = hashlib.sha256((entry.context or entry.question).encode()).hexdigest()
    answer = Answer(
        question=entry.question,
        answer="",
        short="",
        kind="imported",
        evidence=(),
        citations=(),
        passages=(),
        requested_backend="import",
        backend="import",
        model=model,
        adapter=None,
        message_id=f"i{key[:20]}",
        session_id=f"import-{file.stem}-{conversation[:12]}",
    )
    raw = [RawPrompt(load_span_prompt(context, entry.question, prompts), context=context) for context in contexts]
    exchange = Exchange(
        question=entry.question,
        query=entry.question,
        style="span" if contexts else "prose",
        prompts=tuple(raw) or (ChatMessage("user", entry.question),),
        passages=tuple(
            ShownPassage(n, passage.chunk_id, passage.source, None, passage.text)
            for n, passage in enumerate(passages, start=1)
        ),
        answer=answer,
        origin=Origin(file.name, entry.line),
    )
    correction = f"{entry.answer} [{mark}]" if mark is not None else entry.answer
    return FeedbackEvent.of_rating(exchange, event_id=f"i{key[20:40]}", correction=correction)
