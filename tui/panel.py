"""The passage behind a mark, with the sentence that speaks for the answer highlighted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..text import place_label, safe
from .sources import NAME_WIDTH

if TYPE_CHECKING:
    from ..conversations import Answer, Evidence
    from ..retrieval import Passage

_NOTHING = "The passage behind an answer is shown here."


class PassagePanel(VerticalScroll):
    """Shows one passage of one answer at a time. With the focus, keys scroll it."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id)
        self._answer: Answer | None = None
        self._mark = 0
        # held rather than queried: an answer may still end while the program is left and its widgets go
        self._title = Static("", id="passage-title", markup=False)
        self._text = Static(Text(_NOTHING, style="dim"), id="passage-text", markup=False)

    def compose(self) -> ComposeResult:
        yield Static("Esc: back to the conversation", id="passage-hint")
        yield self._title
        yield self._text

    def show_answer(self, answer: Answer, mark: int | None = None) -> None:
        """The passage under `mark` of `answer`, else its first."""
        self._answer = answer if answer.passages else None
        self._mark = mark if mark in {passage.n for passage in answer.passages} else 1
        if self._answer is None:
            self._write("", "This answer has no passages.")
        else:
            self._show_passage(self._answer)

    def show_found(self, passages: Sequence[Passage], evidence: Sequence[Evidence]) -> None:
        """The passage that was found first, while the answer is being written; it has no mark yet."""
        self._answer = None
        if not passages:
            return self._write("", "No passage was found.")
        best = passages[0]
        quoted = [sentence.text for sentence in evidence if sentence.source == best.source]
        return self._write(f"{place_label(best, NAME_WIDTH)} (found first)", best.text, quoted)

    def clear(self) -> None:
        """Nothing is chosen."""
        self._answer = None
        self._write("", _NOTHING)

    def show_next(self) -> bool:
        """Go on to the next passage of the answer; `False` where there is no answer with passages."""
        if self._answer is None:
            return False
        self._mark = self._mark % len(self._answer.passages) + 1
        self._show_passage(self._answer)
        return True

    def scroll(self, where: str) -> None:
        """`page_up`, `page_down`, `home` or `end`."""
        {
            "page_up": self.scroll_page_up,
            "page_down": self.scroll_page_down,
            "home": self.scroll_home,
            "end": self.scroll_end,
        }[where](animate=False)

    def _show_passage(self, answer: Answer) -> None:
        """The passage under the mark."""
        mark = self._mark
        passage = next((passage for passage in answer.passages if passage.n == mark), answer.passages[0])
        cited = any(citation.n == passage.n for citation in answer.citations)
        title = f"[{passage.n}] {place_label(passage, NAME_WIDTH)}" + ("" if cited else " (not cited)")
        self._write(title, passage.text, [sentence.text for sentence in answer.evidence if sentence.n == passage.n])

    def _write(self, title: str, passage: str, quoted: Sequence[str] = ()) -> None:
        shown = safe(passage)
        text = Text(shown, style="" if title else "dim")
        for sentence in map(safe, quoted):
            if (at := shown.find(sentence)) >= 0:
                text.stylize("reverse", at, at + len(sentence))
        self._title.update(Text(title))
        self._text.update(text)
        self.scroll_home(animate=False)
