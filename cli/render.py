"""How evidence, answers and sources look as lines of text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..text import one_line
from .output import Output

if TYPE_CHECKING:
    from ..agents import Answer, Evidence

_SHOWN = 3  # evidence sentences on screen


def place(source: str, page: int | None = None) -> str:
    """`handbook.pdf, page 4`: enough to know it by; JSON has the whole path."""
    name = source if "://" in source else Path(source).name or source
    return f"{one_line(name)}, page {page}" if page is not None else one_line(name)


def evidence(output: Output, sentences: Sequence[Evidence]) -> None:
    if not sentences:
        return
    output.say("Evidence", "bold")
    for sentence in sentences[:_SHOWN]:
        output.say(f"  “{one_line(sentence.text)}”", "green")
        output.say(f"    {place(sentence.source, sentence.page)}", "dim")
    output.say()


def answer(output: Output, given: Answer) -> None:
    """The answer, what its marks stand for, and how to rate it."""
    output.say(given.answer, "yellow" if given.abstained else "bold")
    output.say()
    for citation in given.citations:
        output.say(f"  [{citation.n}] {place(citation.source, citation.page)}")
    if given.abstained and given.passages:
        output.say("Closest passages:", "dim")
        for passage in given.passages[:_SHOWN]:
            output.say(f"  {place(passage.source, passage.page)}: {one_line(passage.text, 100)}", "dim")
    output.say(f"{given.message_id} · {given.backend} · {given.model}", "dim")
    output.say(f"Rate it: ayllu feedback add {given.message_id} --rating up (or down, --correction TEXT)", "dim")
