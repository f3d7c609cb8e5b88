"""The editor: what is shown as the answer, by the critic's verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from autogen_core import CancellationToken

from ...retrieval import Passage, Retrieved, Sentence
from ...text import safe
from ..events import Token
from ..messages import Draft, Findings, Reply, Verdict, latest
from ..writing import number_marks, quotable, render_quotations, strip_marks
from .role import Role, Thread

ABSTAINED = "I could not find this in your documents."


class Editor(Role):
    """Verdict (draft, quote, abstain) → Reply."""

    task = "puts the answer together"
    produces = Reply

    async def respond(self, thread: Thread, stop: CancellationToken) -> Reply:
        verdict = latest(thread, Verdict)
        if verdict.decision == "abstain":
            return Reply(source=self.name, text=ABSTAINED, short=ABSTAINED, kind="abstained")
        draft, retrieved = latest(thread, Draft), latest(thread, Findings).retrieved
        if verdict.method != "prose":
            reply = self._quoting(draft.short, draft.quotations)
            self._context.emit(Token(reply.text))  # prose has been streamed; this appears at once
            return reply
        return self._prose(draft, retrieved) if verdict.decision == "draft" else self._quoting("", quotable(retrieved)[:1])

    def _prose(self, draft: Draft, retrieved: Retrieved) -> Reply:
        text, cited = number_marks(draft.text, retrieved.passages)
        return self._reply(text, strip_marks(text), "draft", cited)

    def _quoting(self, short: str, quotations: Sequence[Sentence]) -> Reply:
        text, cited = render_quotations(short, quotations)
        core = short or " ".join(" ".join(sentence.text.split()) for sentence in quotations)
        return self._reply(text, safe(core), "draft" if short else "quote", cited)

    def _reply(self, text: str, short: str, kind: Literal["draft", "quote"], cited: Sequence[Passage]) -> Reply:
        return Reply(source=self.name, text=text, short=short, kind=kind, cited=tuple(cited))
