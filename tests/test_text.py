"""Untrusted text on its way to a terminal."""

from ayllu.text import one_line, safe


def test_escape_sequences_and_direction_overrides_are_dropped() -> None:
    assert safe("a\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \u202eabc\x00") == "ared link abc"


def test_newlines_and_markup_stay_as_text() -> None:
    assert safe("[bold]x[/bold]\r\n[9]\ty") == "[bold]x[/bold]\n[9]\ty"


def test_a_long_line_is_cut_with_an_ellipsis() -> None:
    assert one_line("one  two\nthree", 8) == "one two…"
