"""Hits joined with what stands next to them, so that a term is read with what follows it and nothing is read twice.

What is joined stays a stretch of its source, letter by letter, and within its section and its page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..docstore import DocStore
from ..documents import BlockKind
from ..types import NEW_PAGE, Mark, Passage

_MOST_CHARS = 1_200  # of a hit with its neighbours: some 300 tokens. A chunk of usual size stays alone
_MOST_MERGED = 2_000  # of two hits that are neighbours
_GAP = 6  # characters between neighbours: more is furniture


def join_neighbours(hits: Sequence[Passage], k: int, docstore: DocStore) -> list[Passage]:
    """The first `k` of `hits`, best first, each with its neighbours where there is room.

    A hit that another one has taken in does not come again, and one that is the neighbour of another joins it: so there
    should be more than `k` of them.
    """
    joined: list[Passage] = []
    for hit in hits:
        if any(_covers(passage, hit) for passage in joined):
            continue
        if (at := next((at for at, other in enumerate(joined) if _merged(other, hit)), None)) is not None:
            joined[at] = _merged(joined[at], hit) or joined[at]
        elif len(joined) < k:
            joined.append(_with_neighbours(hit, joined, docstore))
        else:
            break
    return [_with_exact_text(passage, docstore) for passage in joined]


def _with_neighbours(hit: Passage, others: Sequence[Passage], docstore: DocStore) -> Passage:
    before, after = docstore.neighbours(hit.chunk_id) if len(hit.text) < _MOST_CHARS else (None, None)
    for neighbour, follows in ((after, True), (before, False)):
        if neighbour is None or any(_covers(other, neighbour) for other in others):
            continue
        pair = (hit, neighbour) if follows else (neighbour, hit)
        if _belong_together(*pair, most=_MOST_CHARS) and (follows or neighbour.page == hit.page):
            hit = _join(*pair, best=hit)
    return hit


def _merged(passage: Passage, hit: Passage) -> Passage | None:
    if passage.source != hit.source:
        return None
    first, second = (passage, hit) if passage.start < hit.start else (hit, passage)
    if first.page != second.page or not _belong_together(first, second, most=_MOST_MERGED):
        return None
    return _join(first, second, best=passage)


def _covers(passage: Passage, hit: Passage) -> bool:
    return passage.source == hit.source and passage.start <= hit.start and hit.end <= passage.end


def _belong_together(first: Passage, second: Passage, *, most: int) -> bool:
    """Whether `second` goes on where `first` ends."""
    new_section = bool(second.marks) and second.marks[0].kind == BlockKind.HEADING and second.marks[0].start == 0
    return (
        0 <= second.start - first.end <= _GAP
        and second.end - first.start <= most
        and not new_section
        and len({context for context in (first.context, second.context) if context}) < 2
    )


def _join(first: Passage, second: Passage, *, best: Passage) -> Passage:
    """Both as one; its text between them is not known here, and filled with spaces."""
    shift = second.start - first.start
    moved = [replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in second.marks]
    if second.page is not None and second.page != first.page:
        moved.insert(0, Mark(shift, shift + len(second.text), NEW_PAGE, second.page, second.page_label or ""))
    return replace(
        best,
        text=first.text + " " * (second.start - first.end) + second.text,
        start=first.start,
        end=second.end,
        page=first.page,
        page_label=first.page_label,
        line=first.line,
        heading=first.heading,
        context=first.context or second.context,
        marks=(*first.marks, *moved),
    )


def _with_exact_text(passage: Passage, docstore: DocStore) -> Passage:
    return replace(passage, text=docstore.stretch(passage.chunk_id, passage.start, passage.end) or passage.text)
