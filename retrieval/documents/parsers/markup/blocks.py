"""The blocks of a page, written as the walk over its tree comes to them.

A term (`dt`, `summary`, the title of a note) waits for what is said of it and is written with its first paragraph; what
follows has the term as its context. An item of an inner list has the items above it as its context.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..base import BlockKind
from ..builder import TextBuilder
from ..cell import place
from ..grid import bars, write_table
from .cells import holds_values, read_table
from .inline import NOTE_NAMES, joined, opening
from .survey import HEADINGS, Fate, Survey
from .tree import Element
from .walking import END, START, Walk

_TERMS = frozenset({"dt", "summary"})
_TITLES = frozenset({"title", "admonition-title", "topic-title", "sidebar-title", "caption-title"})
_BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd details dir div dl dt fieldset figcaption figure footer form"
        " frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav noscript ol p pre search section"
        " summary table tbody td tfoot th thead tr ul caption"
    ).split()
)
_LONGEST_CONTEXT = 120  # characters of each thing above
_LONGEST_LABEL = 80


@dataclass(slots=True)
class _Frame:
    """An open element that others stand under."""

    element: Element
    term: str = ""  # what is said of it comes next
    is_written: bool = False
    is_definition: bool = True
    has_definition: bool = False  # a `dd` came: the next `dt` is another term, not the same by another name
    number: int | None = None  # of the next item of an ordered list
    label: str = ""  # of the current item of a list
    marker: str = ""  # of an item whose first text has not come


class BlockWriter:
    def __init__(self, builder: TextBuilder, surveyed: Survey, context: str = "") -> None:
        self._builder = builder
        self._fates = surveyed.fates
        self._tables = surveyed.tables
        self._outer_context = context
        self._parts: list[str] = []
        self._frames: list[_Frame] = []
        self._lists: list[_Frame] = []
        self._items: list[_Frame] = []
        self._furniture: list[Element] = []
        self._heading = 0
        self._pre = 0
        self._term: Element | None = None  # the element whose text is a term
        self._in_row_run = False

    def write(self, root: Element) -> None:
        walker = Walk(root)
        for event, element in walker:
            if event == START:
                if self._start(element):
                    self._parts.append(element.text or "")
                else:
                    walker.skip(element)
                    self._parts.append(element.tail or "")
            else:
                if event == END:
                    self._end(element)
                if element is not root:
                    self._parts.append(element.tail or "")
        self._flush()

    def _start(self, element: Element) -> bool:
        """Whether the walk goes on into the element."""
        fate = self._fates.get(element)
        if fate is Fate.DROPPED:
            if element.tag in _BLOCKS:
                self._flush()
            return False
        tag = element.tag
        if tag not in _BLOCKS:
            special = opening(element)
            if special is not None:
                self._parts.append("\n" if self._pre and tag == "br" else special[0])
                return not special[1]
            return True
        self._flush()
        if fate is Fate.FURNITURE:
            self._furniture.append(element)
        if tag == "table" and holds_values(element, self._tables[element]):
            self._add_table(element)
            if fate is Fate.FURNITURE:
                self._furniture.pop()
            return False
        self._open(element, tag)
        return True

    def _open(self, element: Element, tag: str) -> None:
        if tag in HEADINGS:
            self._heading = int(tag[1])
        elif tag == "pre":
            self._pre += 1
        elif tag in {"ul", "ol", "menu", "dir"}:
            start = element.get("start") or "1"
            number = (int(start) if start.isdecimal() and len(start) < 9 else 1) if tag == "ol" else None
            self._lists.append(_Frame(element, number=number))
        elif tag == "li":
            self._open_item(element)
        elif tag in {"dl", "details"} or (tag in {"div", "section", "aside", "figure"} and element.get("class")):
            self._frames.append(_Frame(element))
        if self._frames and self._term is None and not self._furniture:
            if tag in _TERMS and (frame := self._frame_of(element)) is not None:
                self._term = element
                if frame.term and (frame.is_written or frame.has_definition):
                    self._close_term(frame)
            elif tag == "dd" and self._frames[-1].element.tag == "dl":
                self._frames[-1].has_definition = True
            elif (tag == "th" and (element.text or "").strip().lower() in NOTE_NAMES) or (
                tag in {"p", "div"} and not _TITLES.isdisjoint((element.get("class") or "").split())
            ):  # a note laid out as a table
                self._term = element

    def _open_item(self, element: Element) -> None:
        marker = "- "
        if self._lists and (number := self._lists[-1].number) is not None:
            value = element.get("value") or ""
            number = int(value) if value.isdecimal() and len(value) < 9 else number
            marker = f"{number}. "
            self._lists[-1].number = number + 1
        self._items.append(_Frame(element, marker=marker))

    def _end(self, element: Element) -> None:
        tag = element.tag
        if tag not in _BLOCKS:
            if tag == "q":
                self._parts.append('"')
            return
        if self._term is element:
            self._end_term(element)
        else:
            self._flush()
        if tag in HEADINGS:
            self._heading = 0
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif self._lists and self._lists[-1].element is element:
            self._lists.pop()
            if not self._lists:
                self._builder.end_rows()
        elif self._items and self._items[-1].element is element:
            self._items.pop()
        if self._frames and self._frames[-1].element is element:
            self._close_term(self._frames[-1])
            self._frames.pop()
        if self._furniture and self._furniture[-1] is element:
            self._furniture.pop()

    def _frame_of(self, term: Element) -> _Frame | None:
        wanted = "dl" if term.tag == "dt" else "details"
        frame = self._frames[-1]
        if (
            frame.element.tag != wanted and term.tag == "dt" and len(self._frames) > 1
        ):  # a `div` may group a term with its text
            frame = self._frames[-2]
        return frame if frame.element.tag == wanted else None

    def _end_term(self, element: Element) -> None:
        text = joined(self._parts).replace("\n", " ")
        self._parts = []
        self._term = None
        frame = self._frame_of(element) if element.tag in _TERMS else self._titled_frame()
        if not text or frame is None:
            self._builder.add(text, self._kind())
        elif frame.term and not frame.is_written and element.tag == "dt":
            frame.term += f", {text}"
        else:
            self._close_term(frame)
            frame.term = text
            frame.is_definition = element.tag in _TERMS

    def _titled_frame(self) -> _Frame | None:
        for frame in reversed(self._frames):
            if "titlepage" not in (frame.element.get("class") or ""):
                return frame
        return None

    def _close_term(self, frame: _Frame) -> None:
        """A term that nothing was said of stands alone."""
        if frame.term and not frame.is_written:
            self._write_terms(frame)
        frame.term, frame.is_written, frame.has_definition = "", False, False

    def _write_terms(self, last: _Frame | None = None) -> None:
        for frame in self._frames:
            if frame.term and not frame.is_written:
                kind = BlockKind.DEFINITION if frame.is_definition else BlockKind.PARAGRAPH
                self._builder.add(frame.term, self._kind(kind), context=self._context())
                frame.is_written = True
            if frame is last:
                break

    def _kind(self, kind: BlockKind = BlockKind.PARAGRAPH) -> BlockKind:
        return BlockKind.FURNITURE if self._furniture else kind

    def _context(self) -> str:
        above = [self._outer_context] if self._outer_context else []
        above += [frame.term[:_LONGEST_CONTEXT] for frame in self._frames[-6:] if frame.term and frame.is_written]
        above += [item.label for item in self._items[-4:] if item.label]
        return " > ".join(above)

    def _flush(self) -> None:
        if not self._parts:
            return
        if self._term is not None:  # blocks within a term are read as its words
            self._parts.append(" ")
            return
        parts, self._parts = self._parts, []
        if self._pre:
            self._add_code("".join(parts))
            return
        text = joined(parts)
        if text:
            self._add_text(text)

    def _add_code(self, text: str) -> None:
        if text.strip():
            self._write_terms()
            self._take_marker("")
            self._builder.add(text.replace("\x00", "\n"), self._kind(BlockKind.CODE), context=self._context())

    def _add_text(self, text: str) -> None:
        if self._heading:
            self._write_terms()
            kind = self._kind(BlockKind.HEADING)
            self._builder.add(text.replace("\n", " "), kind, level=self._heading if kind is BlockKind.HEADING else 0)
            return
        if self._furniture:
            self._builder.add(text, BlockKind.FURNITURE, after="\n" if self._lists else "\n\n")
            return
        if self._items and self._items[-1].marker:
            self._write_terms()
            context = self._context()
            marker = self._take_marker(text)
            depth = max(0, len(self._lists) - 1)
            self._builder.add(marker + text, BlockKind.LIST_ITEM, level=depth, context=context, after="\n")
            return
        waiting = [frame for frame in self._frames if frame.term and not frame.is_written]
        context = self._context()
        if waiting:
            for frame in waiting:
                frame.is_written = True
            terms = ": ".join(frame.term.rstrip(": ") for frame in waiting)
            self._builder.add(f"{terms}: {text}", BlockKind.DEFINITION, context=context)
        else:
            kind = BlockKind.LIST_ITEM if self._items else BlockKind.PARAGRAPH
            self._builder.add(text, kind, level=max(0, len(self._lists) - 1), context=context)

    def _take_marker(self, text: str) -> str:
        if not self._items or not (marker := self._items[-1].marker):
            return ""
        self._items[-1].marker = ""
        self._items[-1].label = text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
        return marker

    def _add_table(self, table: Element) -> None:
        caption, rows = read_table(table, self._fates)
        self._write_terms()
        self._take_marker(caption)
        if caption:
            self._builder.add(caption, self._kind())
        if self._furniture:
            for row in rows:
                self._builder.add(bars(place(row)), BlockKind.FURNITURE, after="\n")
            return
        context = " > ".join(part for part in (self._context(), caption) if part)
        write_table(self._builder, rows, context=context)
