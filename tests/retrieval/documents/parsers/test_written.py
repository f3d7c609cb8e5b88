"""Markdown, reStructuredText, AsciiDoc and LaTeX: their blocks, and the lines of the file."""

from ayllu.retrieval.documents.parsers import Parsed

from .reading import blocks, contexts, read


def line_of(parsed: Parsed, words: str) -> int:
    return parsed.text[: parsed.text.index(words)].count("\n") + 1


def test_markdown_keeps_its_lines_and_says_what_they_are() -> None:
    source = """---
title: Harbour dues
author: Ms Pell
---

Dues
====

<details><summary>Tides</summary>

High tide is at 6.
<!-- nothing -->

| Boat | Fee |
|------|-----|
| Skiff |  |

- [Dues](#dues)

1. Saws
   - Coping saw: hook 4

```sh
# no heading
```

Anchor
: What holds a ship.

[^1]: Some say 1913.

[x]: http://x.y
"""
    parsed = read("a.md", source)
    assert parsed.title == "Harbour dues"
    assert parsed.has_lines
    assert parsed.text.count("\n") == source.count("\n")
    assert line_of(parsed, "Coping saw") == source[: source.index("Coping saw")].count("\n") + 1
    assert blocks(parsed) == [
        ("paragraph", "title: Harbour dues\nauthor: Ms Pell"),
        ("heading", "Dues"),
        ("paragraph", "Tides"),
        ("paragraph", "High tide is at 6."),
        ("table row", "Boat: Skiff; Fee: –."),
        ("furniture", "- [Dues](#dues)"),
        ("list item", "1. Saws"),
        ("list item", "- Coping saw: hook 4"),
        ("code", "```sh\n# no heading\n```"),
        ("definition", "Anchor\n: What holds a ship."),
        ("definition", "[^1]: Some say 1913."),
        ("furniture", "[x]: http://x.y"),
    ]
    assert contexts(parsed)["- Coping saw: hook 4"] == "1. Saws"


def test_rows_of_markdown_say_their_columns_on_their_own_lines() -> None:
    source = """- Rent

  Stall | 2023 | 2024
  :-- | --: | --
  Loft | | 310
  `a\\|b` | 1<br>2 | **3**

| Only | names |
|------|-------|

|  |  |
|--|--|
| x | y |
"""
    parsed = read("a.md", source.replace("\\\\", "\\"))
    rows = [text for kind, text in blocks(parsed) if kind == "table row"]
    assert rows == [
        "Stall: Loft; 2023: –; 2024: 310.",
        "Stall: `a|b`; 2023: 1 2; 2024: **3**.",
        "| Only | names |",
        "x | y",
    ]
    assert contexts(parsed)[rows[0]] == "Rent"
    assert line_of(parsed, rows[0]) == 5


def test_several_headings_of_the_first_level_are_no_title() -> None:
    assert read("a.md", "# Alto\n\nOne.\n\n# Basso\n\nTwo.\n").title == ""


RST = """=====
Pumps
=====

See :ref:`the guide <guide>` and ``--dry`` of :pep:`8`.

Care
----

.. option:: --oil GRADE

   Use oil of this
   grade.

   Twice a year.

.. toctree::

   a
   b

filter
   Changed after 200 hours::

       change(filter)

- one
  goes on

=====  ===
Pump   Oil
=====  ===
Alto   A5
Basso
=====  ===

+------+-------+
| Key  | Value |
+======+=======+
| a    | long  |
|      | text  |
+------+-------+
"""


def test_restructuredtext_loses_its_marks_and_keeps_its_lines() -> None:
    parsed = read("a.rst", RST)
    assert parsed.title == "Pumps"
    assert parsed.text.count("\n") == RST.count("\n")
    assert [(kind, " ".join(text.split())) for kind, text in blocks(parsed)] == [
        ("heading", "Pumps"),
        ("paragraph", "See the guide and --dry of PEP 8."),
        ("heading", "Care"),
        ("definition", "--oil GRADE Use oil of this grade."),
        ("paragraph", "Twice a year."),
        ("definition", "filter Changed after 200 hours:"),
        ("code", "change(filter)"),
        ("list item", "- one goes on"),
        ("table row", "Pump: Alto; Oil: A5."),
        ("table row", "Pump: Basso; Oil: –."),
        ("table row", "Key: a; Value: long text."),
    ]
    assert contexts(parsed)["Twice a year."] == "--oil GRADE"


def test_asciidoc_has_blocks_tables_and_terms() -> None:
    source = """= Ferry guide
:toc:

// comment
== Fares

The *fare* is `9` euros, see https://x.org[the site].

[options="header"]
|===
|Ticket |Price
|Single |6
|Return
|11
|===

----
ferry --list
----

Buoy:: A float.

* One
** Inner
"""
    parsed = read("a.adoc", source)
    assert parsed.title == "Ferry guide"
    assert parsed.text.count("\n") == source.count("\n")
    assert blocks(parsed) == [
        ("heading", "Ferry guide"),
        ("heading", "Fares"),
        ("paragraph", "The fare is 9 euros, see the site."),
        ("table row", "Ticket: Single; Price: 6."),
        ("table row", "Ticket: Return; Price: 11."),
        ("code", "ferry --list"),
        ("definition", "Buoy: A float."),
        ("list item", "* One"),
        ("list item", "** Inner"),
    ]


def test_latex_is_read_as_it_would_be_printed() -> None:
    source = r"""\documentclass{article}
\newcommand{\club}{Rowing Club}
\title{The \emph{Boat} House}
\begin{document}
\section{Bees \& hives}\label{sec:b}
The hive weighs \SI{30}{kg}. % comment
The \club{} pays 5\,\% in the na\"ive caf\'e\footnote{A note.}.
\begin{description}\item[Oars] wooden ones\end{description}
Energy $E = mc^2$, \[ \frac{a}{b} \leq \alpha \]
\begin{table}\caption{Fees}
\begin{tabular}{lr}\toprule Boat & Fee \\ \midrule Canoe & 5 \\ Skiff & \\ \end{tabular}\end{table}
\input{../../etc/passwd}
\end{document}
"""
    parsed = read("a.tex", source)
    assert parsed.title == "The Boat House"
    assert [note.partition(":")[0] for note in parsed.notes] == ["what it includes is not read with it"]
    assert blocks(parsed) == [
        ("heading", "Bees & hives"),
        ("paragraph", "The hive weighs 30 kg. The Rowing Club pays 5 % in the naïve café (A note.)."),
        ("definition", "Oars: wooden ones"),
        ("paragraph", "Energy E = mc^2, (a)/(b) ≤α"),
        ("paragraph", "Fees"),
        ("table row", "Boat: Canoe; Fee: 5."),
        ("table row", "Boat: Skiff; Fee: –."),
    ]


def test_latex_within_itself_without_end_is_read() -> None:
    assert "deep" in read("a.tex", "\\documentclass{article}\\begin{document}" + "\\footnote{" * 5000 + "deep").text


def test_what_the_tags_of_markdown_divide_stays_divided() -> None:
    text = read("a.md", "<details><summary>More</summary>Hidden detail.</details>\n").text
    assert text.split() == ["More", "Hidden", "detail."]


def test_settings_of_an_asciidoc_header_are_no_text() -> None:
    assert read("a.adoc", "= Orchard\nAnn Apple\n:toc:\n\nGraft in March.\n").text.split("\n") == [
        *("Orchard", "Ann Apple", "", "", "Graft in March.", "")
    ]


def test_a_long_line_of_dashes_takes_no_time() -> None:
    assert read("a.adoc", "x " + "-" * 300_000 + " e\n").text.endswith("e\n")  # squared, it would take ten minutes
