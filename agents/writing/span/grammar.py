"""GBNF by which a model can write nothing but a run of a text's own words.

Written in token ids, for text would force odd token splits; but for characters in several tokens, which llama.cpp takes as
text alone. Of a character in several tokens, the first piece has the text and the others have none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ....backends import Piece

_MAX_WORDS = 10
_WORD = re.compile(r"\w+", re.UNICODE)


def span_grammar(pieces: Sequence[Piece], starts: Sequence[int]) -> str:
    """What may follow the first token of a span that began at any of `starts`.

    A span ends with a newline at the end of a word, or before the punctuation that clings to it, and has at most ten words.
    """
    rules: dict[int, str] = {}
    for start in starts:
        words = 1
        for place in range(start + 1, len(pieces) + 1):
            inside = place < len(pieces)
            if inside and not pieces[place].text:
                continue
            if inside and begins_word(pieces[place]):
                words += 1
            goes_on = inside and words <= _MAX_WORDS
            options = [f"{_literal(pieces, place)} p{next_piece(pieces, place)}"] if goes_on else []
            if not goes_on or begins_word(pieces[place]) or not _WORD.match(pieces[place].text):
                options.append("end")
            rules[place] = " | ".join(options) if place not in rules or goes_on else rules[place]
            if not goes_on:
                break
    lines = [f"root ::= {' | '.join(f'p{start + 1}' for start in starts)}", 'end ::= "\\n"']
    return "\n".join(lines + [f"p{place} ::= {options}" for place, options in sorted(rules.items())])


def literal_grammar(pieces: Sequence[Piece]) -> str:
    """By this nothing but these pieces can be written."""
    return f"root ::= {' '.join(_literal(pieces, place) for place, piece in enumerate(pieces) if piece.text)}"


def word_starts(pieces: Sequence[Piece]) -> list[int]:
    """Where a span may begin."""
    last = len(pieces) - 1
    return [place for place, piece in enumerate(pieces) if begins_word(piece) and (_WORD.search(piece.text) or place < last)]


def begins_word(piece: Piece) -> bool:
    return piece.text.startswith(" ")


def next_piece(pieces: Sequence[Piece], place: int) -> int:
    """Where the next piece with a text of its own stands."""
    return next((later for later in range(place + 1, len(pieces)) if pieces[later].text), len(pieces))


def _literal(pieces: Sequence[Piece], place: int) -> str:
    """One token, or the characters that several make."""
    piece = pieces[place]
    return f"<[{piece.id}]>" if next_piece(pieces, place) == place + 1 else json.dumps(piece.text, ensure_ascii=False)
