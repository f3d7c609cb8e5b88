"""Untrusted text on its way to a terminal."""

import unicodedata
from dataclasses import dataclass

from ayllu.text import one_line, place_label, safe
from hypothesis import given
from hypothesis import strategies as st

HOSTILE = st.lists(
    st.sampled_from(["\x1b[", "\x1b]0;", "\x07", "\x9b", "31m", "\x1b\\", "\r", "\n", "a", "\u202e", "é"])
).map("".join)


def test_escape_sequences_and_direction_overrides_are_dropped() -> None:
    assert safe("a\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 \u202eabc\x00") == "ared link abc"


def test_newlines_and_markup_stay_as_text() -> None:
    assert safe("[bold]x[/bold]\r\n[9]\ty") == "[bold]x[/bold]\n[9]\ty"


def test_a_long_line_is_cut_with_an_ellipsis() -> None:
    assert one_line("one  two\nthree", 8) == "one two…"


@given(st.text() | HOSTILE)
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    clean = safe(text)
    assert not [letter for letter in clean if unicodedata.category(letter) == "Cc" and letter not in "\n\t"]
    assert safe(clean) == clean


@dataclass(frozen=True)
class Stand:
    source: str
    page: int | None = None
    page_label: str | None = None
    line: int | None = None
    heading: str = ""


def test_a_place_is_named_by_its_page_as_counted_and_printed_or_by_its_line_and_by_its_headings() -> None:
    assert place_label(Stand("/a/manual.pdf", 12, "iv", None, "Book > Kilns > Water")) == (
        "manual.pdf, page 12 (printed iv), Kilns > Water"
    )
    assert place_label(Stand("/a/rules.md", line=8), headings=False) == "rules.md, line 8"
    assert place_label(Stand("https://example.org/a/b.html", heading="One")) == "https://example.org/a/b.html, One"
    assert "\x1b" not in place_label(Stand("/a/b.pdf", 1, "\x1b[31m1", heading="\x1b[2J"))


def test_slides_and_sheets_are_called_so_and_a_sheet_goes_by_its_name() -> None:
    assert place_label(Stand("/a/talk.pptx", 3, heading="Kilns")) == "talk.pptx, slide 3, Kilns"
    assert place_label(Stand("/a/Talk.ODP", 1)) == "Talk.ODP, slide 1"
    assert place_label(Stand("/a/prices.xlsx", 2, "Prices")) == "prices.xlsx, sheet Prices"
    assert place_label(Stand("/a/prices.ods", 2)) == "prices.ods, sheet 2"
    assert place_label(Stand("http://host/prices.xlsx?v=2.0", 1, "A")) == "http://host/prices.xlsx?v=2.0, sheet A"
    assert place_label(Stand("/a/talk.pptx/report.pdf", 3)) == "report.pdf, page 3"


def test_a_sheet_is_not_named_again_as_its_own_heading() -> None:
    assert place_label(Stand("/a/b.xlsx", 1, "Fees 2024", heading="Fees 2024")) == "b.xlsx, sheet Fees 2024"
    assert place_label(Stand("/a/b.xlsx", 1, "Fees", heading="Fees > Adults")) == "b.xlsx, sheet Fees, Adults"
    assert place_label(Stand("/a/b.xlsx", 1, "\x1b[31mFees", heading="Other")) == "b.xlsx, sheet Fees, Other"
