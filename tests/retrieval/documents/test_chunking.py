"""Chunks hold the text's own words, in their own places, whatever the text."""

import re

import pytest
from ayllu.retrieval.documents import Parsed, cut_chunks, parse
from hypothesis import given
from hypothesis import strategies as st

LIMIT = 8


def words(text: str) -> list[tuple[int, int]]:
    """A stand-in for a tokenizer: each word, and each other character, is a token."""
    return [match.span() for match in re.finditer(r"\w+|[^\w\s]", text)]


@given(
    st.lists(
        st.sampled_from(["word ", "Two words. ", "# Head\n", "\n\n", "- item\n", "x" * 40, "漢字", " ", "\t", "1.5 "])
    ).map("".join)
)
def test_offsets_are_exact_and_nothing_is_lost_or_too_long(text: str) -> None:
    chunks = cut_chunks(Parsed(text, "text/plain"), max_tokens=LIMIT, token_offsets=words)
    kept = set()
    for chunk in chunks:
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text.strip()
        assert len(words(chunk.text)) <= LIMIT
        kept.update(range(chunk.start, chunk.end))
    assert all(at in kept for at, letter in enumerate(text) if letter.isalnum())


def test_a_heading_begins_a_chunk_and_what_is_too_long_is_cut() -> None:
    text = "# One\n\n" + "A sentence of seven words stands here. " * 40 + "\n\n# Two\n\nShort.\n\n" + "x" * 5000
    parsed = parse("a.md", text.encode())
    chunks = cut_chunks(parsed, max_tokens=64, token_offsets=words)
    assert all(parsed.text[chunk.start : chunk.end] == chunk.text and chunk.text.strip() for chunk in chunks)
    assert all(len(words(chunk.text)) <= 64 for chunk in chunks)
    assert any(chunk.text.startswith("# Two") for chunk in chunks)
    assert "".join(chunk.text for chunk in chunks).count("x") >= 5000


@pytest.mark.parametrize("run", ["0f" * 200_000, " " * 3_000 + "end " * 3, "word\u3000" * 2_000, "ab\n" * 1_000])
def test_a_chunk_has_a_bound_in_characters_too(run: str) -> None:
    """As WordPiece does, the tokenizer here takes any run without a space for one token."""
    text = f"Before. {run} After."
    chunks = cut_chunks(Parsed(text, "text/plain"), max_tokens=LIMIT, token_offsets=runs)
    assert max(len(chunk.text) for chunk in chunks) <= LIMIT * 10
    kept = "".join(chunk.text for chunk in chunks)
    assert "".join(kept.split()) == "".join(text.split())
    assert all(text[chunk.start : chunk.end] == chunk.text for chunk in chunks)


def runs(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\S+", text)]


def test_a_chunk_names_the_headings_above_it_and_the_line_that_it_begins_at() -> None:
    text = b"# Kilns\n\nHot.\n\n## Gas\n\nOne two three.\n\n# Wheels\n\nSeven eight nine.\n"
    chunks = cut_chunks(parse("a.md", text), max_tokens=LIMIT, token_offsets=words)
    assert [(chunk.text.split()[0], chunk.heading, chunk.line) for chunk in chunks] == [
        ("#", "", 1),
        ("##", "Kilns", 5),
        ("#", "", 9),
    ]
