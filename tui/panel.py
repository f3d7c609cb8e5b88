"""The passage behind a mark, with the sentence that speaks for the answer highlighted."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..text import one_line, safe

if TYPE_CHECKING:
    from ..conversations import Answer


def source_label(source: str, page: int | None) -> str:
    """A source as a short name, with its page."""
    name = source if "://" in source else PurePath(source).name
    return one_line(name, 60) + (f", page {page}" if page is not None else "")


class PassagePanel(VerticalScroll):
    """Shows one passage of one answer at a time."""

    can_focus = False

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._answer: Answer | None = None
        self._mark = 0
        # held rather than queried: an answer may still end while the program is left and its widgets go
        self._title = Static("", id="passage-title", markup=False)
        self._text = Static(
            Text("The passage behind an answer is shown here.", style="dim"), id="passage-text", markup=False
        )

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._text

    def show_first(self, answer: Answer | None) -> None:
        """The first passage of `answer`; without one, what is shown stays, but has no next."""
        self._answer = answer if answer is not None and answer.passages else None
        self._mark = 1
        self._show_passage()

    def show_next(self) -> None:
        """Open the panel, or go on to the next passage where it is open."""
        if self._answer is None:
            return
        if self.display:
            self._mark = self._mark % len(self._answer.passages) + 1
        self.add_class("-open")
        self._show_passage()

    def _show_passage(self) -> None:
        """The passage under the mark."""
        answer, mark = self._answer, self._mark
        passage = next((passage for passage in answer.passages if passage.n == mark), None) if answer is not None else None
        if answer is None or passage is None:
            return
        shown = safe(passage.text)
        text = Text(shown)
        for sentence in answer.evidence:
            quoted = safe(sentence.text)
            at = shown.find(quoted) if sentence.n == mark else -1
            if at >= 0:
                text.stylize("reverse", at, at + len(quoted))
        cited = mark <= len(answer.citations)
        title = f"[{mark}] {source_label(passage.source, passage.page)}" + ("" if cited else " (not cited)")
        self._title.update(Text(title))
        self._text.update(text)
        self.scroll_home(animate=False)
