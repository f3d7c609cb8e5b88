"""Stop sequences in a text that comes piece by piece."""

from collections.abc import Sequence

import pytest
from ayllu.backends.wire import StopSequences


def show(pieces: Sequence[str], *sequences: str) -> tuple[list[str], StopSequences]:
    """What was shown after each piece, and at the end."""
    text = StopSequences(sequences)
    shown = []
    for piece in pieces:
        shown.append(text.add(piece))
        if text.ended:
            return shown, text
    return [*shown, text.flush()], text


def test_a_text_is_cut_before_the_first_of_them() -> None:
    shown, text = show(["Count: a, b", ", c, d"], ", d", ", c")
    assert (shown, text.text, text.ended) == (["Count: a, b", ""], "Count: a, b", True)


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_nothing_of_a_sequence_is_shown_whatever_the_pieces(size: int) -> None:
    answer = "first Exit second END third"
    shown, text = show([answer[at : at + size] for at in range(0, len(answer), size)], "END")
    assert "".join(shown) == text.text == "first Exit second "
    assert text.ended


def test_what_only_began_like_one_is_shown_once_it_is_none() -> None:
    shown, text = show(["an E", "xit"], "END")
    assert shown == ["an ", "Exit", ""]
    assert not text.ended


def test_what_was_held_back_is_shown_at_the_end() -> None:
    assert show(["an E"], "END")[0] == ["an ", "E"]


def test_without_sequences_everything_is_shown_at_once() -> None:
    assert show(["a", "b"], "")[0] == ["a", "b", ""]
