"""The passage behind a mark, with the sentence that speaks for the answer highlighted."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from ..text import one_line, safe


def place(source: str, page: int | None) -> str:
    """A source as a short name, with its page."""
    name = source if "://" in source else PurePath(source).name
    return one_line(name, 60) + (f", page {page}" if page is not None else "")


class PassagePanel(VerticalScroll):
    """Shows one passage of one answer at a time."""

    can_focus = False

    def compose(self) -> ComposeResult:
        yield Static("", id="passage-title", markup=False)
        yield Static(Text("The passage behind an answer is shown here.", style="dim"), id="passage-text", markup=False)

    def show_passage(self, answer: dict[str, Any], number: int) -> None:
        """The passage under mark `number` of `answer`."""
        passage = next((one for one in answer["passages"] if one["n"] == number), None)
        if passage is None:
            return
        shown = safe(passage["text"])
        text = Text(shown)
        for one in answer["evidence"]:
            said = safe(one["text"])
            at = shown.find(said) if one["n"] == number else -1
            if at >= 0:
                text.stylize("reverse", at, at + len(said))
        cited = number <= len(answer["citations"])
        title = f"[{number}] {place(passage['source'], passage['page'])}" + ("" if cited else " (not cited)")
        self.query_one("#passage-title", Static).update(Text(title))
        self.query_one("#passage-text", Static).update(text)
        self.scroll_home(animate=False)
