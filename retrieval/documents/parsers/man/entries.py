"""The blocks of a manual page while they come: terms with what is said of them, what is indented below what."""

from __future__ import annotations

from ..base import BlockKind
from ..builder import TextBuilder

_LONGEST_TERM = 300  # characters
_LONGEST_CONTEXT = 120


class Entries:
    """Puts paragraphs together. One right above something indented may be its term: it is held until that is known."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._parts: list[str] = []
        self._code: list[str] | None = None
        self._held = ""
        self._term = ""  # waits for what is said of it
        self._current = ""  # the term that further paragraphs are about
        self._marker = ""
        self._above: list[str] = []  # terms that the open indentations stand under

    @property
    def is_code(self) -> bool:
        return self._code is not None

    def say(self, text: str) -> None:
        if self._code is not None:
            self._code.append(text)
        elif text.strip():
            self._parts.append(text)

    def heading(self, text: str, level: int) -> None:
        self.end_entry()
        self._above = []
        self._builder.add(" ".join(text.split()), BlockKind.HEADING, level=level)

    def paragraph(self) -> None:
        """What was said is a paragraph; what comes may be about the same."""
        text = " ".join(" ".join(self._parts).split())
        self._parts = []
        if not text:
            return
        if text.startswith("• "):
            text, self._marker = text[2:], self._marker or "-"
        if self._marker:
            marker, self._marker = self._marker, ""
            self._release()
            self._builder.add(
                f"{marker} {text}", BlockKind.LIST_ITEM, level=len(self._above), context=self._context(), after="\n"
            )
        elif self._term:
            self._release()
            term, self._term = self._term, ""
            self._builder.add(f"{term}: {text}", BlockKind.DEFINITION, context=self._context())
            self._current = term
        else:
            self._release()
            self._held = text

    def end_entry(self) -> None:
        """What comes is about something else."""
        self.paragraph()
        self._release()
        self._close_term()
        self._current = ""
        self._marker = ""

    def term(self, text: str) -> None:
        """`text` is explained by what comes; one right after another is the same by another name."""
        self.paragraph()
        self._release()
        text = " ".join(text.split()).rstrip(":")
        if text:
            self._term = f"{self._term}, {text}" if self._term else text
            self._current = ""
            self._marker = ""

    def item(self, marker: str) -> None:
        self.paragraph()
        self._release()
        self._close_term()
        self._marker = marker

    def indent(self) -> None:
        self.paragraph()
        held = self._held
        if held and len(held) <= _LONGEST_TERM and _is_term(held) and not self._current:
            self._held = ""
            self._term = f"{self._term}, {held}" if self._term else held
        self._release()
        self._above.append(self._current)
        self._current = ""

    def dedent(self) -> None:
        self.paragraph()
        self._release()
        self._close_term()
        if self._above:
            self._current = self._above.pop()

    def begin_code(self) -> None:
        self.paragraph()
        self._release()
        if self._term:
            self._current, closing = self._term, self._term
            self._term = ""
            self._builder.add(closing, BlockKind.DEFINITION, context=" > ".join(self._names(self._above)))
        self._code = []

    def end_code(self) -> None:
        code, self._code = self._code, None
        if code and self._marker:
            self.say(" ".join(code))
        elif code:
            self._builder.add("\n".join(code), BlockKind.CODE, context=self._context())

    def rows(self, lines: list[str]) -> None:
        self.paragraph()
        self._release()
        for line in lines:
            self._builder.add(line, BlockKind.TABLE_ROW, context=self._context(), after="\n")
        self._builder.end_rows()

    def _release(self) -> None:
        if self._held:
            held, self._held = self._held, ""
            self._builder.add(held, context=self._context())

    def _close_term(self) -> None:
        if self._term:
            term, self._term = self._term, ""
            self._builder.add(term, BlockKind.DEFINITION, context=self._context())

    def _context(self) -> str:
        return " > ".join(self._names([*self._above, self._current]))

    def _names(self, terms: list[str]) -> list[str]:
        return [term[:_LONGEST_CONTEXT] for term in terms[-3:] if term]


def _is_term(text: str) -> bool:
    """A sentence is none, but dots may stand for what can be repeated."""
    return text.endswith("...") or not text.endswith((".", ":", "?", "!"))
