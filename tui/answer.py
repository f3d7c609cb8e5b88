"""One question with its evidence, its draft as it is written, and its answer."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Markdown, Static

from ..errors import AylluError
from ..text import one_line, place_label, safe
from .judgement import judgement_words
from .marks import NOTE, mark_of, markdown_parser
from .remembered import remembered_parts, who_answered
from .sources import NAME_WIDTH, Part, SourceLine
from .withdrawn import ModelThought, WithdrawnDraft

if TYPE_CHECKING:
    from textual.widgets.markdown import MarkdownStream

    from ..agents import ChatSession, Event
    from ..conversations import Answer, Evidence, Exchange
    from ..feedback import Judgement
    from ..retrieval import Passage

ASKING = "asking"  # the group of the workers that wait for answers


class AnswerView(Vertical):
    """`answer` is the kept answer once it is there; until then it is being written, or could not be."""

    @dataclass
    class Working(Message):
        """Somebody is at work on the answer; `note` says at what."""

        note: str

    @dataclass
    class Noticed(Message):
        """Something the person should know, which is no part of the answer."""

        text: str

    @dataclass
    class Found(Message):
        """Passages were found, the best first; nothing is written yet."""

        passages: Sequence[Passage]
        evidence: Sequence[Evidence]

    class Grown(Message):
        """There is more to see at the end."""

    @dataclass
    class Done(Message):
        """The answer stands in `view`; where it has none, the question failed or was stopped."""

        view: AnswerView

    @dataclass
    class Opened(Message):
        """The person pointed at the answer in `view`, or at one of its marks."""

        view: AnswerView
        mark: int | None = None

    def __init__(
        self, question: str, answer: Answer | None = None, judgement: Judgement | None = None, thought: str = ""
    ) -> None:
        super().__init__(classes="answer")
        self.question = question
        self.answer = answer
        self.judgement = judgement
        self._stream: MarkdownStream | None = None
        self._draft = ""
        self._thought = ModelThought(thought) if thought else None
        self._evidence = SourceLine("evidence")
        self._text = Markdown("", classes="text", open_links=False, parser_factory=markdown_parser)
        self._meta = SourceLine("meta")
        self._evidence.display = False  # until there is some

    @classmethod
    def kept(cls, exchange: Exchange, judgements: Mapping[str, Judgement]) -> AnswerView:
        """Of an earlier run, with what the person thought of it."""
        return cls(exchange.question, exchange.answer, judgements.get(exchange.message_id), exchange.thought)

    def compose(self) -> ComposeResult:
        yield Static(Text(safe(self.question)), classes="question")
        yield self._evidence
        if self._thought is not None:
            yield self._thought
        yield self._text
        yield self._meta

    async def on_mount(self) -> None:
        if self.answer is not None:
            await self._finish(self.answer)

    def ask(self, session: ChatSession) -> None:
        """Ask the question, and show what comes; `Done` is posted at the end."""
        self._ask(session)

    def leave(self) -> None:
        """Wait for the answer no longer; the question is kept as unanswered."""
        self.workers.cancel_group(self, ASKING)

    def judge(self, judgement: Judgement | None) -> None:
        """Show what the person thinks of the answer."""
        self.judgement = judgement
        self._show_meta()

    # --- pointing ---

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.post_message(self.Opened(self))

    def on_markdown_link_clicked(self, message: Markdown.LinkClicked) -> None:
        """A link of a document's or a model's making is followed nowhere."""
        message.stop()
        self.post_message(self.Opened(self, mark_of(message.href)))

    def on_source_line_opened(self, message: SourceLine.Opened) -> None:
        message.stop()
        self.post_message(self.Opened(self, message.mark))

    # --- asking ---

    @work(group=ASKING)
    async def _ask(self, session: ChatSession) -> None:
        try:
            async with contextlib.aclosing(session.ask(self.question)) as stream:
                async for event in stream:
                    if not self._text.is_attached:
                        return  # the program is being left, and its widgets go before their workers do
                    await self._show(event)
                    self.post_message(self.Grown())
        except AylluError as error:
            await self._fail(error, "")
        self.post_message(self.Done(self))

    async def _show(self, event: Event) -> None:
        from ..agents import AgentStarted, AnswerReady, DraftDropped, EvidenceFound, Failed, Progress, Thought, Token, Warned

        match event:
            case AgentStarted(agent=agent, note=note):
                self.post_message(self.Working(f"{agent}: {note}…"))
            case Progress(note=note):
                self.post_message(self.Working(f"{note}…"))
            case EvidenceFound(evidence=evidence, retrieved=retrieved):
                self._show_evidence(evidence)
                self.post_message(self.Found(retrieved.passages, evidence))
            case Thought(text=text):
                await self._think(text)
            case Token(text=text):
                await self._write(text)
            case DraftDropped(reason=reason):
                await self._withdraw(reason)
                self.post_message(self.Working(reason))
            case Warned(message=message):
                self.post_message(self.Noticed(message))
            case AnswerReady(answer=answer):
                await self._finish(answer)
            case Failed(error=error, partial=partial):
                await self._fail(error, partial)

    def _show_evidence(self, evidence: Sequence[Evidence], *, marked: bool = False) -> None:
        """The best sentences, at once; they stay until the answer quotes its own. `marked`: their marks are final."""
        parts = []
        for sentence in evidence:
            mark = sentence.n if marked else None
            parts += [Part("▎ ", style="bold"), Part(one_line(sentence.text, 400), mark)]
            parts.append(Part(f"  {place_label(sentence, NAME_WIDTH)}\n", mark, "dim"))
        self._evidence.show(parts)
        self._evidence.display = bool(parts)

    async def _write(self, piece: str) -> None:
        if self._stream is None:
            self._stream = Markdown.get_stream(self._text)
        self._draft += piece
        await self._stream.write(safe(piece))

    async def _think(self, piece: str) -> None:
        if self._thought is None:
            self._thought = ModelThought()
            await self.mount(self._thought, before=self._text)
        self._thought.add(piece)

    async def _withdraw(self, reason: str) -> None:
        """Take the draft back, and fold it away with the reason."""
        await self._end_stream()
        await self._text.update("")
        await self.mount(WithdrawnDraft(reason, self._draft), before=self._text)
        self._draft = ""

    async def _finish(self, answer: Answer) -> None:
        """The answer in full, once more from the start: a stream can leave a fence half open."""
        self.answer = answer
        await self._end_stream()
        if answer.withdrawn is not None and not self.query(WithdrawnDraft):  # of an earlier run
            await self.mount(WithdrawnDraft(answer.withdrawn.reason, answer.withdrawn.text), before=self._text)
        await self._text.update(safe(answer.annotated(NOTE)))
        self.set_class(answer.abstained, "-abstained")
        if not answer.abstained:
            self._evidence.display = False
        elif answer.evidence:
            self._show_evidence(answer.evidence, marked=True)
        self._show_meta()

    async def _fail(self, error: AylluError, partial: str) -> None:
        """What went wrong, never in the answer's place; a partial draft stays, marked as such."""
        await self._end_stream()
        await self._text.update(f"{safe(partial)}\n\n*(not finished)*" if partial.strip() else "")
        self.add_class("-failed")
        self._meta.show([Part(f"{one_line(error.message)}  {one_line(error.hint)}")])

    def _show_meta(self) -> None:
        """The line beneath: sources, who answered, and what the person thinks of it."""
        assert self.answer is not None
        seconds = self.answer.timings.total_s
        sources: list[Part] = []
        for mark, place in self.answer.cited_places():
            sources += [Part(f"[{mark}] {place_label(place, NAME_WIDTH, headings=False)}", mark), Part("  ")]
        words = (
            who_answered(self.answer),
            f"{seconds:.1f} s" if seconds else "",
            self.answer.agreement,
            *judgement_words(self.judgement),
        )
        groups = [group for group in (sources[:-1], *([Part(one_line(word))] for word in words if word)) if group]
        dotted = [part for group in groups for part in (Part(" · "), *group)]
        self._meta.show(dotted[1:] + remembered_parts(self.answer))

    async def _end_stream(self) -> None:
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None
