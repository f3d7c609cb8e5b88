"""The text of a document put together block by block, so that every offset fits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from .base import Block, BlockKind, Page, Parsed, Unreadable

_PARAGRAPH = re.compile(r"\S(?:.|\n(?!\s*\n))*")
_SEPARATOR = " > "  # of the names in a path
MOST_CHARACTERS = 50_000_000  # of one document: a small file can repeat itself without end


class TextBuilder:
    """Takes a document's blocks and pages in their order; `build` gives what a parser gives back."""

    def __init__(self) -> None:
        self.notes: list[str] = []  # see `Parsed.notes`
        self.title = ""
        self.language = ""
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._page_starts: list[tuple[int, str | None, int | None]] = []

    @property
    def has_text(self) -> bool:
        return bool(self._blocks)

    def begin_page(self, label: str | None = None, *, before: str = "\n\n") -> None:
        """What follows stands on a new page; `label`: what is printed on it, where it differs from its count.

        `before`: what divides it from the last page; a space where a sentence goes on.
        """
        self._write(before if self._length else "")
        self._page_starts.append((self._length, label, None))

    def add(
        self, text: str, kind: BlockKind = BlockKind.PARAGRAPH, *, level: int = 0, context: str = "", after: str = "\n\n"
    ) -> None:
        """One block, and what divides it from the next. Blank text is left out.

        Leading spaces are kept in code only. See `Block` for `level` and `context`.

        Raises:
            Unreadable: the text grows beyond `MOST_CHARACTERS`.
        """
        text = text.strip("\n").rstrip() if kind is BlockKind.CODE else text.strip()
        if not text.strip():
            return
        text = text.replace("\x00", "\ufffd")
        self._blocks.append(Block(self._length, self._length + len(text), kind, level, context))
        self._write(text + after)

    def add_parsed(self, parsed: Parsed, path: str) -> None:
        """Another document, all of it under `path`; its pages keep their numbers."""
        self.end_rows()
        start = self._length
        for number, page in enumerate(parsed.pages, start=1):
            self._page_starts.append((start + page.start, page.label, page.number if page.number is not None else number))
        at = 0
        for block in parsed.blocks:
            self._gap(parsed.text, at, block.start, start, path)
            within = _SEPARATOR.join(part for part in (path, block.path) if part)
            level = block.level + 1 if block.kind is BlockKind.HEADING else block.level
            shifted = replace(block, start=start + block.start, end=start + block.end, path=within, level=level)
            self._blocks.append(shifted)
            at = max(at, block.end)
        self._gap(parsed.text, at, len(parsed.text), start, path)
        self._write(parsed.text + "\n\n")
        if parsed.pages:
            self._page_starts.append((self._length, None, 0))

    def _gap(self, text: str, start: int, end: int, shift: int, path: str) -> None:
        """Paragraphs that no block covers."""
        for match in _PARAGRAPH.finditer(text, start, end):
            self._blocks.append(Block(shift + match.start(), shift + match.end(), BlockKind.PARAGRAPH, path=path))

    def end_rows(self) -> None:
        """A blank line after blocks that stand line below line: a table or a list is at its end."""
        if self._parts and self._parts[-1].endswith("\n") and not self._parts[-1].endswith("\n\n"):
            self._write("\n")

    def build(self, media_type: str) -> Parsed:
        text = "".join(self._parts).rstrip()
        return Parsed(
            text,
            media_type,
            title=" ".join(self.title.split()),
            blocks=self._blocks,
            pages=self._pages(len(text)),
            notes=self.notes,
            language=self.language,
        )

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
        if self._length > MOST_CHARACTERS:
            raise Unreadable(f"its text is longer than {MOST_CHARACTERS // 1_000_000} million characters")

    def _pages(self, length: int) -> Sequence[Page]:
        starts = [min(start, length) for start, _, _ in self._page_starts]
        ends = [*starts[1:], length][: len(starts)]
        named = zip(starts, ends, self._page_starts, strict=True)
        return [Page(start, end, label, number) for start, end, (_, label, number) in named]
