"""What a document defines for itself, includes, or writes down as a table: reStructuredText, AsciiDoc, LaTeX, Markdown."""

from ayllu.retrieval.documents.parsers import BlockKind

from .reading import blocks, read

LIST_TABLE = """Crew
====

.. list-table:: Ages
   :header-rows: 1

   * - Name
     - Age
   * - Ada
     - 36
       years
   * - Bob
     -
"""
CSV_TABLE = """Dues
====

.. csv-table:: Fees
   :header: "Boat", "Fee"

   "Yawl, small", 12
   "Ketch", 19
"""


def test_rows_written_as_lists_name_their_columns_at_their_lines() -> None:
    parsed = read("a.rst", LIST_TABLE)
    rows = [text for kind, text in blocks(parsed) if kind == BlockKind.TABLE_ROW]
    assert rows == ["Name: Ada; Age: 36 years.", "Name: Bob; Age: –."]
    assert parsed.text.split("\n")[8] == rows[0]


def test_rows_written_as_values_name_their_columns() -> None:
    rows = [text for kind, text in blocks(read("a.rst", CSV_TABLE)) if kind == BlockKind.TABLE_ROW]
    assert rows == ["Boat: Yawl, small; Fee: 12.", "Boat: Ketch; Fee: 19."]


def test_what_a_text_defines_stands_where_it_is_used() -> None:
    rst = ".. |kiln| replace:: the **north** kiln\n\nFire |kiln| and |other|.\n\n    code |kiln|\n"
    assert "Fire the **north** kiln and |other|." in read("a.rst", rst).text
    adoc = ":heat: 1280\n\nFire to {heat} degrees, not {cold}.\n\n----\n{heat}\n----\n"
    parsed = read("a.adoc", adoc)
    assert "Fire to 1280 degrees, not {cold}." in parsed.text
    assert ("code", "{heat}") in blocks(parsed)
    tex = r"\newcommand{\power}[2]{#1~kW in #2}\begin{document}It gives \power{42}{May} and ``more''.\end{document}"
    assert "It gives 42 kW in May and “more”." in read("a.tex", tex).text


def test_definitions_that_grow_without_end_are_left_as_they_are() -> None:
    adoc = ":a: " + "x" * 1000 + "\n\n" + "{a}\n" * 2000
    assert len(read("a.adoc", adoc).text) < 100_000


def test_what_is_included_is_said() -> None:
    assert read("a.rst", "Text.\n\n.. include:: rest.inc\n").notes == ["what it includes is not read with it: rest.inc"]
    assert read("a.adoc", "Text.\n\ninclude::rest.adoc[]\n").notes == ["what it includes is not read with it: rest.adoc"]


def test_a_footnote_may_begin_below_its_number() -> None:
    assert "Only on Mondays." in read("a.rst", "Closed. [1]_\n\n.. [1]\n   Only on Mondays.\n").text


def test_the_author_of_a_paper_is_read() -> None:
    source = r"\title{On Pumps}\author{Ada Pell \and Bo Ray}\begin{document}\maketitle Text.\end{document}"
    assert blocks(read("a.tex", source))[0] == ("paragraph", "On Pumps\nAda Pell , Bo Ray")


def test_scripts_in_markdown_are_no_text() -> None:
    parsed = read("a.md", "Seen.\n\n<script>\nalert(1)\n</script>\n\n<style>p{}</style>\n\nAlso seen.\n")
    assert parsed.text.split() == ["Seen.", "Also", "seen."]
    assert parsed.text.split("\n")[8] == "Also seen."
