"""Manual pages: options with their descriptions, whatever macros they are written in."""

import pytest
from ayllu.retrieval.documents.parsers import Unreadable

from .reading import blocks, contexts, read


def test_options_stand_with_their_descriptions() -> None:
    page = r""".\" comment
.TH SORT 1 "May 2024"
.SH NAME
sort \- order lines
.SH OPTIONS
.TP
.BR \-r ", " \-\-reverse
Turn the
.I order
around.
.IP
Also of keys.
.TP
.B \-n
.TQ
.B \-\-numeric
Compare numbers.
.IP \(bu 2
By value.
.PP
\fB\-k\fR \fIKEY\fR
.RS 4
Sort by a key.
.RE
.SH EXAMPLES
.nf
sort \-r a
  b
.fi
"""
    parsed = read("sort.1", page)
    assert parsed.title == "sort(1)"
    assert blocks(parsed) == [
        ("heading", "NAME"),
        ("paragraph", "sort - order lines"),
        ("heading", "OPTIONS"),
        ("definition", "-r, --reverse: Turn the order around."),
        ("paragraph", "Also of keys."),
        ("definition", "-n, --numeric: Compare numbers."),
        ("list item", "- By value."),
        ("definition", "-k KEY: Sort by a key."),
        ("heading", "EXAMPLES"),
        ("code", "sort -r a\n  b"),
    ]
    assert contexts(parsed)["Also of keys."] == "-r, --reverse"


def test_mdoc_macros_are_read_as_they_are_printed() -> None:
    page = r""".Dd May 1, 2024
.Dt PUMP 8
.Sh NAME
.Nm pump
.Nd moves water
.Sh SYNOPSIS
.Nm
.Op Fl v
.Ar file
.Sh DESCRIPTION
See
.Xr valve 8 .
.Bl -tag -width Ds
.It Fl l Ar litres , Fl -limit Ns = Ns Ar litres
Stop after so many
.Dq litres .
.It Fl L Xo
.Sm off
.Oo Ar host : Oc
.Ar port
.Sm on
.Xc
Listen there.
.El
"""
    parsed = read("pump.8", page)
    assert parsed.title == "pump(8)"
    assert [text for kind, text in blocks(parsed) if kind != "heading"] == [
        "pump – moves water",
        "pump [-v] file",
        "See valve(8).",
        "-l litres, --limit=litres: Stop after so many “litres”.",
        "-L [host:]port: Listen there.",
    ]


def test_conditions_and_definitions_of_roff_are_no_text() -> None:
    page = ".de Vb\n.ft CW\n..\n.ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n"
    page += ".if t \\{\\\nfor paper\n.\\}\n.TH A 1\n.SH B\nDon\\*(Aqt.\n"
    assert blocks(read("a.1", page)) == [("heading", "B"), ("paragraph", "Don't.")]


def test_a_page_that_only_points_elsewhere_says_where() -> None:
    with pytest.raises(Unreadable, match=r"only points to man1/bash\.1"):
        read("sh.1", ".so man1/bash.1\n")


def test_a_rotated_log_is_text() -> None:
    assert read("syslog.1", "May 1 started\nMay 2 stopped\n").text.startswith("May 1 started")


def test_conditions_within_each_other_without_end_are_left() -> None:
    assert blocks(read("a.1", ".TH A 1\n.SH B\nWords.\n" + ".if n " * 5000 + "x\n")) == [
        ("heading", "B"),
        ("paragraph", "Words."),
    ]
