"""PDFs made to take memory and time without end are refused by a look at their bytes."""

from __future__ import annotations

import pytest
from ayllu.retrieval.documents.parsers import Unreadable, parse

from .sheets import Sheet, pdf, stream


def _form(draws: str, resources: str) -> bytes:
    entries = f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << {resources} >> >>"
    return stream(draws.encode(), entries)


def test_forms_that_draw_each_other_in_a_circle_are_refused() -> None:
    forms = {1000: _form("/A Do /A Do", "/A 1001 0 R"), 1001: _form("/B Do /B Do", "/B 1000 0 R")}
    with pytest.raises(Unreadable, match="in a circle"):
        parse("a.pdf", pdf(["/X Do"], extra=forms, resources="/XObject << /X 1000 0 R >>"))


def test_forms_that_draw_each_other_by_the_million_are_refused() -> None:
    forms = {1000 + at: _form("/A Do " * 8, f"/A {1001 + at} 0 R") for at in range(9)}
    forms[1009] = stream(b"BT /F 11 Tf (x) Tj ET", "/Type /XObject /Subtype /Form /BBox [0 0 9 9]")
    with pytest.raises(Unreadable, match="draw each other more than"):
        parse("a.pdf", pdf(["/X Do"], extra=forms, resources="/XObject << /X 1000 0 R >>"))


def test_forms_within_forms_are_read_where_they_end() -> None:
    words = stream(
        b"BT /F 11 Tf 72 700 Td (The gate opens at dawn.) Tj ET",
        "/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources 3 0 R",
    )
    forms = {1000: _form("/A Do", "/A 1001 0 R"), 1001: words}
    parsed = parse("a.pdf", pdf(["/X Do"], extra=forms, resources="/XObject << /X 1000 0 R >>"))
    assert parsed.text == "The gate opens at dawn."


def test_what_is_packed_twice_and_unpacks_to_far_more_is_refused() -> None:
    bomb = stream(bytes(60_000_000), layers=2)
    assert len(bomb) < 5_000
    with pytest.raises(Unreadable, match="unpacks to more than 50 MB"):
        parse("a.pdf", pdf(["/X Do"], extra={1000: bomb}))


def test_what_is_packed_twice_and_stays_small_is_read() -> None:
    twice = {1000: stream(b"harmless", layers=2)}
    assert parse("a.pdf", pdf([Sheet().text(72, 100, "Still read.")], extra=twice)).text == "Still read."
