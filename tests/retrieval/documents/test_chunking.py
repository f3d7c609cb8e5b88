"""Chunks hold the text's own words, in their own places, whatever the text."""

import re

from ayllu.retrieval.documents import Parsed, cut_chunks
from hypothesis import given
from hypothesis import strategies as st

LIMIT = 8


def words(text: str) -> list[tuple[int, int]]:
    """A stand-in for a tokenizer: each word, and each other character, is a token."""
    return [one.span() for one in re.finditer(r"\w+|[^\w\s]", text)]


@given(
    st.lists(
        st.sampled_from(["word ", "Two words. ", "# Head\n", "\n\n", "- item\n", "x" * 40, "漢字", " ", "\t", "1.5 "])
    ).map("".join)
)
def test_offsets_are_exact_and_nothing_is_lost_or_too_long(text: str) -> None:
    chunks = cut_chunks(Parsed(text, "text/plain"), max_tokens=LIMIT, token_offsets=words)
    kept = set()
    for one in chunks:
        assert one.text == text[one.start : one.end]
        assert one.text.strip()
        assert len(words(one.text)) <= LIMIT
        kept.update(range(one.start, one.end))
    assert all(at in kept for at, letter in enumerate(text) if letter.isalnum())
