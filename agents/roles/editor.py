"""The editor: what is shown as the answer, by the critic's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autogen_core import CancellationToken

from ...conversations import Withdrawn
from ...retrieval import Passage, Sentence
from ...text import safe
from ..events import Token
from ..memory import Remembered
from ..messages import (
    Draft,
    Findings,
    Question,
    Recalling,
    Reply,
    Verdict,
    latest,
    messages_of,
    passages_read,
    second_reading,
)
from ..second import Reading
from ..writing import abstention, mark_statements, quotable, render_quotations, render_remembered, strip_marks
from .role import Role, Thread
from .two_readings import both_readings


class Editor(Role):
    """Verdict (draft, quote, abstain), or Recalling (recalled) → Reply."""

    task = "puts the answer together"
    produces = Reply

    async def respond(self, thread: Thread, stop: CancellationToken) -> Reply:
        for recalling in messages_of(thread, Recalling):
            if recalling.recollection.given is not None:
                return self._recalled(recalling.recollection.given)
        verdict = latest(thread, Verdict)
        withdrawn = self._withdrawn(thread, verdict)
        if verdict.decision == "abstain":
            text = abstention(latest(thread, Question).text)
            return Reply(source=self.name, text=text, short=text, kind="abstained", withdrawn=withdrawn)
        draft, retrieved = latest(thread, Draft), latest(thread, Findings).retrieved
        if verdict.method != "prose":
            reply = self._quoting(draft.short, draft.quotations)
            self._context.emit(Token(reply.text))  # prose has been streamed; this appears at once
            return reply
        reading = second_reading(thread) if verdict.place != "unshown" else None
        if verdict.decision == "draft":
            return self._prose(draft, verdict, passages_read(thread), reading)
        phrase = reading.phrase if reading and verdict.place == "first" else ""
        quotations = reading.quotations if reading else quotable(retrieved)[:1]
        return self._quoting(phrase, quotations).model_copy(update={"withdrawn": withdrawn})

    def _recalled(self, given: Remembered) -> Reply:
        """The person's own words, over the sentence that they rest on."""
        passage, aligned = given.passage, bool(given.entry.aligned)
        cited = (passage,) if passage is not None and aligned else ()
        text = render_remembered(given.entry.answer, given.sentence if aligned else "", marked=bool(cited))
        self._context.emit(Token(text))
        return Reply(source=self.name, text=text, short=given.entry.answer, kind="draft", cited=cited)

    def _prose(self, draft: Draft, verdict: Verdict, passages: Sequence[Passage], reading: Reading | None) -> Reply:
        strict = self._context.settings.agents.strict
        if reading is None:
            marked = mark_statements(draft.text, verdict.statements, passages, strict=strict)
            short = strip_marks(marked.text)
        else:
            marked = both_readings(draft, verdict, reading, passages, strict=strict)
            short = safe(reading.phrase) if verdict.place == "first" else strip_marks(draft.text)
        return Reply(
            source=self.name,
            text=marked.text,
            short=short,
            kind="draft",
            cited=marked.cited,
            unsupported=marked.unsupported,
        )

    def _withdrawn(self, thread: Thread, verdict: Verdict) -> Withdrawn | None:
        texts = [draft.text for draft in messages_of(thread, Draft) if draft.text.strip()]
        return Withdrawn(safe(texts[-1]), verdict.reason) if texts and verdict.decision != "draft" else None

    def _quoting(self, short: str, quotations: Sequence[Sentence]) -> Reply:
        text, cited = render_quotations(short, quotations)
        core = short or " ".join(" ".join(sentence.text.split()) for sentence in quotations)
        return self._reply(text, safe(core), "draft" if short else "quote", cited)

    def _reply(self, text: str, short: str, kind: Literal["draft", "quote"], cited: Sequence[Passage]) -> Reply:
        return Reply(source=self.name, text=text, short=short, kind=kind, cited=tuple(cited))
