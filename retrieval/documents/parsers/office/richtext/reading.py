"""RTF read token by token. Groups are a stack, not calls, so that depth costs nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ...base import Unreadable
from .flows import Flow, Paragraph
from .words import CHARSETS, KNOWN_AFTER_STAR, MARGINS, SIGNS, SKIPPED, code_page

_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)"
)
_HEADING_NAME = re.compile(r"^heading ([1-9])$", re.IGNORECASE)
_DEEPEST = 300_000  # groups


@dataclass(slots=True)
class _State:
    """What holds within a group."""

    flow: Flow
    muted: bool = False
    target: str = ""  # a table or a title that is collected instead of text
    font: int = 0
    after_unicode: int = 1  # characters that stand in for one beyond the code page
    hidden: bool = False
    deleted: bool = False
    style: int = 0
    level: int = 0
    depth: int = 0
    in_list: bool = False
    starred: bool = False
    begins: bool = True  # nothing of the group has been read: a word names what it is


@dataclass(slots=True)
class RtfText:
    """What an RTF file holds."""

    body: Flow = field(default_factory=Flow)
    title: str = ""
    margins: list[tuple[str, Flow]] = field(default_factory=list)  # `header` or `footer`
    style_levels: dict[int, int] = field(default_factory=dict)
    pictures: int = 0
    hidden: bool = False
    complete: bool = True


class _Reader:
    def __init__(self) -> None:
        self.result = RtfText()
        self.encoding = "cp1252"
        self.fonts: dict[int, str] = {}
        self.stack: list[_State] = []
        self.state = _State(self.result.body)
        self.skip = 0  # characters that stand in for one that was read
        self.collected: list[str] = []
        self.surrogate = ""

    def read(self, source: str) -> RtfText:
        at, end = 0, len(source)
        while at < end:
            match = _TOKEN.match(source, at)
            if match is None:
                at += 1
                continue
            at = match.end()
            if match["word"]:
                number = match["number"]
                if match["word"] == "bin":
                    at += max(0, min(int(number or 0), end))
                    continue
                self._word(match["word"], int(number) if number else None)
            elif match["byte"]:
                self._bytes(bytes.fromhex(match["byte"]))
            elif match["brace"]:
                if match["brace"] == "{":
                    self._open()
                elif not self._close():
                    break
            elif match["sign"]:
                self._sign(match["sign"])
            elif match["text"]:
                self._bytes(match["text"].encode("latin-1", "replace"))
        self.result.complete = not self.stack
        self._end_paragraph(self.result.body)
        return self.result

    def _open(self) -> None:
        self._decode(self.state.flow)
        if len(self.stack) >= _DEEPEST:
            raise Unreadable("it is nested too deeply")
        self.stack.append(self.state)
        self.state = replace(self.state, begins=True, starred=False)

    def _close(self) -> bool:
        """Leave a group; whether there was one."""
        if not self.stack:
            return False
        self._decode(self.state.flow)
        left, self.state = self.state, self.stack.pop()
        if left.target == "style":
            self._style_end(left)
        elif left.target and left.target != self.state.target:
            self._collect_end(left)
        if left.flow is not self.state.flow:
            self._flow_end(left)
        self.skip = 0
        return True

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self.state.starred = True
            return
        if sign in "\r\n":
            self._word("par", None)
        elif sign != "-":
            self._text({"~": "\u00a0", "_": "-"}.get(sign, sign))
        self.state.begins = False

    def _word(self, word: str, number: int | None) -> None:
        state = self.state
        self._decode(state.flow)
        begins, state.begins = state.begins, False
        if begins and self._destination(word):
            return
        if word in SIGNS:
            self._text(SIGNS[word])
        elif word == "u" and number is not None:
            self._unicode(number & 0xFFFF)
        elif word == "uc":
            state.after_unicode = max(0, min(number or 0, 20))
        elif word == "f" and number is not None:
            state.font = number
        elif word == "fcharset" and state.target == "font":
            self.fonts[state.font] = CHARSETS.get(number or 0, self.encoding)
        elif word == "ansicpg" and number:
            self.encoding = code_page(number, self.encoding)
        elif word in {"mac", "pc", "pca"}:
            self.encoding = {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}[word]
        elif word == "v":
            state.hidden = number != 0
        elif word == "deleted":
            state.deleted = number != 0
        elif word == "plain":
            state.hidden = state.deleted = False
        else:
            self._paragraph_word(word, number)

    def _destination(self, word: str) -> bool:
        """Whether the first word of a group says what it is, and that is dealt with here."""
        state = self.state
        if word in SKIPPED or (state.starred and word not in KNOWN_AFTER_STAR):
            self.result.pictures += word == "pict" and not state.muted
            state.muted = True
        elif word in {"fonttbl", "stylesheet", "info"}:
            state.target = {"fonttbl": "font", "stylesheet": "style", "info": "info"}[word]
        elif word == "title" and state.target == "info":
            state.target = "title"
        elif word in MARGINS:
            state.flow = Flow()
            self.result.margins.append((MARGINS[word], state.flow))
        elif word in {"footnote", "annotation", "shptxt"}:
            state.flow, state.muted, state.starred = Flow(), False, False
            state.target = word
        elif word in {"shpinst", "upr"}:
            state.muted = True
        elif word == "ud":
            state.muted = self.stack[-2].muted if len(self.stack) > 1 else False
        elif word in {"pntext", "listtext"}:
            state.target = "marker"
        else:
            return False
        return True

    def _paragraph_word(self, word: str, number: int | None) -> None:
        state, flow = self.state, self.state.flow
        if word == "pard":
            state.style = state.level = state.depth = 0
            state.in_list = False
        elif word == "s" and number is not None:
            state.style = number
        elif word == "outlinelevel" and number is not None:
            if state.target == "style":
                self.result.style_levels[state.style] = number + 1
            else:
                state.level = number + 1 if 0 <= number < 9 else 0
        elif word == "ilvl":
            state.depth = max(0, min(number or 0, 8))
        elif state.muted or (state.target and state.target not in {"footnote", "annotation", "shptxt"}):
            return
        elif word in {"par", "sect"}:
            self._end_paragraph(flow)
        elif word in {"page", "sbkpage"}:
            self._end_paragraph(flow)
            flow.items.append(None)
        elif word in {"cell", "nestcell"}:
            self._end_cell(flow)
        elif word in {"row", "nestrow"}:
            flow.end_row()
        elif word == "trowd":
            flow.row.edges, flow.row.is_header = [], False
        elif word == "trhdr":
            flow.row.is_header = True
        else:
            flow.row.define(word, number)

    def _text(self, text: str) -> None:
        self._decode(self.state.flow)
        self._write(text)

    def _unicode(self, point: int) -> None:
        self._decode(self.state.flow)
        letter = chr(point)
        if 0xD800 <= point < 0xDC00:
            self.surrogate = letter
        else:
            pair = (self.surrogate + letter).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            self.surrogate = ""
            self._write(pair if not 0xF000 <= point < 0xF100 else "•" if self.state.target == "marker" else "")
        self.skip = self.state.after_unicode

    def _bytes(self, raw: bytes) -> None:
        self.state.begins = False
        if self.skip:
            skipped = min(self.skip, len(raw))
            self.skip -= skipped
            raw = raw[skipped:]
        self.state.flow.raw += raw

    def _decode(self, flow: Flow) -> None:
        if flow.raw:
            encoding = self.fonts.get(self.state.font, self.encoding)
            text = bytes(flow.raw).decode(encoding, "replace")
            flow.raw.clear()
            self._write(text)

    def _write(self, text: str) -> None:
        state = self.state
        if state.muted or state.deleted:
            return
        if state.hidden:
            self.result.hidden |= bool(text.strip())
        elif state.target in {"font", "info"}:
            return
        elif state.target in {"style", "title", "marker"}:
            self.collected.append(text)
        else:
            state.flow.parts.append(text)

    def _style_end(self, left: _State) -> None:
        name = "".join(self.collected).strip("; ")
        self.collected.clear()
        if match := _HEADING_NAME.match(name):
            self.result.style_levels.setdefault(left.style, int(match[1]))

    def _collect_end(self, left: _State) -> None:
        text = "".join(self.collected).strip()
        if left.target in {"title", "marker"}:
            self.collected.clear()
        if left.target == "title":
            self.result.title = self.result.title or text
        elif left.target == "marker":
            self.state.flow.marker = text or "-"

    def _flow_end(self, left: _State) -> None:
        flow = left.flow
        self._end_paragraph(flow)
        if left.target in {"footnote", "annotation", "shptxt"}:
            kind = {"footnote": "Footnote: ", "annotation": "Comment: ", "shptxt": ""}[left.target]
            text = " ".join(flow.lines())
            if text:
                self.state.flow.notes.append(Paragraph(f"{kind}{text}"))

    def _end_paragraph(self, flow: Flow) -> None:
        self._decode(flow)
        state = self.state
        text = "".join(flow.parts)
        flow.parts.clear()
        level = state.level or self.result.style_levels.get(state.style, 0)
        marker, flow.marker = flow.marker, ""
        if flow.cell or flow.row.cells:
            flow.cell.append(f"{marker} {text}" if marker else text)
        elif text.strip():
            flow.items.append(Paragraph(text, state.style, level if level < 10 else 0, marker, state.depth))
        flow.items += flow.notes
        flow.notes.clear()

    def _end_cell(self, flow: Flow) -> None:
        self._decode(flow)
        flow.cell.append("".join(flow.parts))
        flow.parts.clear()
        flow.row.cells.append(" ".join(" ".join(flow.cell).split()))
        flow.cell.clear()


def read_rtf(content: bytes) -> RtfText:
    """What stands in an RTF file, as far as it goes.

    Raises:
        Unreadable: its groups are nested beyond all sense.
    """
    reader = _Reader()
    return reader.read(content.decode("latin-1"))
