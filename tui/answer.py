"""One question with its evidence, its draft as it is written, and its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Markdown, Static

from ..text import one_line, safe
from .panel import place

if TYPE_CHECKING:
    from textual.widgets.markdown import MarkdownStream

_RATED = {"up": "rated good", "down": "rated bad"}


class AnswerView(Vertical):
    """`answer` is the stored answer's JSON object once it is there; until then the answer is being written."""

    def __init__(self, question: str, answer: dict[str, Any] | None = None) -> None:
        super().__init__(classes="answer")
        self.question = question
        self.answer = answer
        self._stream: MarkdownStream | None = None
        self.said: dict[str, Any] = {}  # what the person told about the answer so far

    def compose(self) -> ComposeResult:
        yield Static(Text(safe(self.question)), classes="question")
        yield Static("", classes="evidence", markup=False)
        yield Markdown("", classes="text", open_links=False)
        yield Static("", classes="meta", markup=False)

    async def on_mount(self) -> None:
        if self.answer is not None:
            await self.finish(self.answer)

    def show_evidence(self, evidence: Sequence[Any]) -> None:
        """The best sentences, at once; they stay until the answer quotes its own."""
        lines = Text()
        for one in evidence:
            lines.append("▎ ", style="bold")
            lines.append(one_line(one.text, 400))
            lines.append(f"  {place(one.source, one.page)}\n", style="dim")
        lines.rstrip()
        self.query_one(".evidence", Static).update(lines)

    async def write(self, piece: str) -> None:
        markdown = self.query_one(Markdown)
        if self._stream is None:
            self._stream = Markdown.get_stream(markdown)
        await self._stream.write(safe(piece))

    async def drop(self) -> None:
        """Take the draft back."""
        await self._end_stream()
        await self.query_one(Markdown).update("")

    async def finish(self, answer: dict[str, Any]) -> None:
        """The whole answer, once more from the start: a stream can leave a fence half open."""
        self.answer = answer
        await self._end_stream()
        await self.query_one(Markdown).update(safe(answer["answer"]))
        self.set_class(answer["abstained"], "-abstained")
        if not answer["abstained"]:
            self.query_one(".evidence", Static).display = False
        self._show_meta()

    async def fail(self, message: str, hint: str, partial: str) -> None:
        """What went wrong, never in the answer's place; a partial draft stays, marked as such."""
        await self._end_stream()
        await self.query_one(Markdown).update(f"{safe(partial)}\n\n*(not finished)*" if partial.strip() else "")
        self.add_class("-failed")
        self.query_one(".meta", Static).update(Text(f"{one_line(message)}  {one_line(hint)}"))

    def say(self, said: dict[str, Any]) -> None:
        """Show what the person told about the answer."""
        self.said = said
        self._show_meta()

    def _show_meta(self) -> None:
        """The line beneath: sources, who answered, and what the person said."""
        assert self.answer is not None
        marks = [f"[{one['n']}] {place(one['source'], one['page'])}" for one in self.answer["citations"]]
        seconds = self.answer["timings"].get("total_s")
        told = [
            "  ".join(marks),
            self.answer["model"],
            f"{seconds:.1f} s" if seconds else "",
            _RATED.get(self.said.get("rating", ""), ""),
            "corrected" if "correction" in self.said else "",
        ]
        self.query_one(".meta", Static).update(Text(one_line("  ·  ".join(part for part in told if part))))

    async def _end_stream(self) -> None:
        if self._stream is not None:
            await self._stream.stop()
            self._stream = None
