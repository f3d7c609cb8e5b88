"""Lines of text of which some parts, clicked, open a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from rich.style import Style
from rich.text import Text
from textual.message import Message
from textual.widgets import Static

from ..text import one_line


def source_label(source: str, page: int | None) -> str:
    """A source as a short name, with its page."""
    name = source if "://" in source else PurePath(source).name
    return one_line(name, 60) + (f", page {page}" if page is not None else "")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a line. With a `mark`, a click on it opens that passage."""

    text: str
    mark: int | None = None
    style: str = ""


class SourceLine(Static):
    """Shows parts one after the other."""

    @dataclass
    class Opened(Message):
        """A part with a mark was clicked."""

        mark: int

    def __init__(self, classes: str) -> None:
        super().__init__("", classes=classes, markup=False)

    def show(self, parts: Sequence[Part]) -> None:
        line = Text()
        for part in parts:
            clicked = Style(meta={"@click": f"open({part.mark})"}) if part.mark is not None else Style.null()
            line.append(part.text, Style.parse(part.style) + clicked)
        line.rstrip()
        self.update(line)

    def action_open(self, mark: int) -> None:
        self.post_message(self.Opened(mark))
