"""Lines of text of which some parts, clicked, open a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual.message import Message
from textual.widgets import Static

NAME_WIDTH = 60  # of a source


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
