"""A small whole file of each format, to be damaged by the fuzz test. Add a line for each format."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from importlib.resources import files

from .outlook_files import ole_file, sent_at, text_property
from .packing import docx, epub, open_table, opendocument, paragraph, pptx, shape, sheet_rows, word_cells, word_table, xlsx

_SHIPPED = files("ayllu.retrieval").joinpath("sample")
_NAMES = ("insurance.docx", "solar-dryer.pdf", "repair-cafe.html", "money.md", "deposits.csv", "history.txt")
SAMPLES: Mapping[str, bytes] = {
    **{name: _SHIPPED.joinpath(name).read_bytes() for name in _NAMES},
    "inbox.mbox": b"From a@x.org Mon Jan  1 10:00:00 2024\nFrom: a@x.org\nSubject: Kiln\n\nHot.\n\n"
    b"From b@x.org Tue Jan  2 10:00:00 2024\nFrom: b@x.org\nContent-Type: text/html\n\n<p>Cold.</p>\n",
    "kiln.toml": b'title = "Kiln"\n\n[kiln.heat]\n# hot\ndegrees = 1240\ntiles = [\n  "old",\n]\n',
    "kiln.txt.gz": gzip.compress(b"The kiln is fired on Tuesdays.\n" * 9, mtime=0),
    "table.docx": docx(
        paragraph("Kilns", '<w:pStyle w:val="1"/>')
        + word_table(word_cells("Kiln", "Degrees"), word_cells("Old", "1200"))
        + '<w:p><w:r><w:footnoteReference w:id="2"/></w:r>'
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num></m:f></m:oMath></w:p>",
        {
            "styles": '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>',
            "footnotes": f'<w:footnote w:id="2">{paragraph("Fired twice.")}</w:footnote>',
        },
    ),
    "talk.pptx": pptx(
        shape("Kilns", kind="title") + shape("Heat", "Hold", kind="body"),
        '<p:graphicFrame><a:tbl><a:tr><a:tc gridSpan="2"><a:txBody><a:p><a:r><a:t>Kiln</a:t></a:r></a:p></a:txBody></a:tc>'
        '<a:tc hMerge="1"/></a:tr></a:tbl></p:graphicFrame>' + shape("Grouped"),
    ),
    "prices.xlsx": xlsx(
        {
            "Prices": sheet_rows(("Tool", "Rate", "Day"), ("Saw", 7, (45000, 1)), ("Drill", 9.5, (45001, 1)))
            + '<mergeCells><mergeCell ref="A2:A3"/></mergeCells>',
            "More": '<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData>',
        },
        strings="<si><t>Notes</t></si>",
        styles='<numFmts><numFmt numFmtId="164" formatCode="dd.mm.yyyy"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>',
    ),
    "letter.odt": opendocument(
        "text",
        '<text:h text:outline-level="1">Kilns</text:h><text:p>Hot.<text:note><text:note-body>'
        "<text:p>Very.</text:p></text:note-body></text:note></text:p><text:list><text:list-item><text:p>open</text:p></text:list-item></text:list>"
        + open_table(("Tool", "Rate"), ("Saw", "7")),
    ),
    "prices.ods": opendocument(
        "spreadsheet",
        open_table(("Tool", "Rate"), ("Saw", "7")).replace(
            "<table:table-cell>", '<table:table-cell table:number-columns-repeated="1">'
        ),
    ),
    "letter.rtf": b"{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}\\pard\\outlinelevel0 Kilns\\par"
    b"\\trowd\\cellx100\\cellx200 a\\cell 1\\cell\\row"
    b"\\pard {\\b hot} \\'e9\\u8364?{\\footnote Dry.\\par}\\par{\\*\\x y}}",
    "book.epub": epub(
        {"a.xhtml": "<p>A kiln is hot.</p>", "b.xhtml": "<h2>Pots</h2><p>Cold.</p>"}, nav='<a href="text/a.xhtml">Kilns</a>'
    ),
    "talk.odp": opendocument(
        "presentation",
        '<draw:page draw:name="a"><draw:frame presentation:class="title"><draw:text-box>'
        "<text:p>Kilns</text:p></draw:text-box></draw:frame>"
        "<draw:frame><draw:text-box><text:p>Hot.</text:p></draw:text-box></draw:frame></draw:page>",
    ),
    "page.html": b"<!doctype html><html lang=en><meta charset=latin1><title>Kilns - Site</title><nav><a h"
    b"ref=/>Home</a></nav>"
    b"<h1>Kilns<a class=headerlink href=#k>#</a></h1><dl><dt>-h<dt>--help<dd>Help.<p>More.</dl><pre>a\n  b</pre>"
    b"<table><caption>Heat</caption><tr><th>Kiln<th colspan=2>Degrees<tr><td rowspan=2>Old<td>1200<td>9</table>"
    b"<details><summary>Why</summary>Clay.</details><ul><li>one<ul><li>two</ul></ul><math><mfrac><mi>a</m"
    b"i><mi>b</mi></mfrac></math>",
    "saved.mhtml": b'From: <Saved by x>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n<p>caf=C3=A9</p>\n--b--\n",
    "notes.md": b"---\ntitle: Kilns\n---\nHeat\n====\n\n- [x] a\n  1. b\n\n| A | B |\n|---|---|\n| 1 |  |"
    b"\n\n```\ncode\n```\n<b>x</b>\n"
    b"Term\n: said\n\n[^1]: note\n",
    "guide.rst": b"====\nHeat\n====\n\n.. option:: -h\n\n   Help.\n\nterm\n  said::\n\n    code\n\n- a"
    b"\n\n  - b\n\n==  ==\nA   B\n==  ==\n"
    b"1   2\n==  ==\n\n+--+--+\n|a |b |\n+==+==+\n|1 |2 |\n+--+--+\n",
    "guide.adoc": b"= Heat\n:toc:\n\n== Kilns\n\n.Title\n[options=header]\n|===\n|A |B\n|1 |2\n|==="
    b"\n\n----\ncode\n----\n\nterm:: said\n\n* a\n** b\n",
    "paper.tex": rb"\documentclass{article}\newcommand{\k}{kiln}\begin{document}\section{Heat}A \k{} of "
    rb"\SI{30}{kg}, $\frac{a}{b}$."
    rb"\begin{itemize}\item[x] y\item z\end{itemize}\begin{tabular}{ll}A & B \\ \hline \multirow{2}{*}{1}"
    rb" & 2 \\\end{tabular}\end{document}",
    "kiln.1": b".TH KILN 1\n.SH NAME\nkiln \\- heats\n.TP\n.B \\-h\nHelp.\n.RS\n.IP \\(bu 2\nitem\n.RE"
    b"\n.TS\ntab(|);\nl l.\na|b\n.TE\n.nf\ncode\n.fi\n",
    "kiln.8": b".Dd May 1, 2024\n.Dt KILN 8\n.Sh NAME\n.Nm kiln\n.Nd heats\n.Bl -tag\n.It Fl h Xo\n.Op Ar"
    b" x\n.Xc\nHelp.\n.El\n.Bd -literal\ncode\n.Ed\n",
    "feed.rss": b"<?xml version='1.0'?><rss><channel><title>Kilns</title><item><title>Hot</title><pubDate"
    b">2024</pubDate>"
    b"<description>&lt;p&gt;Very.&lt;/p&gt;</description></item></channel></rss>",
    "book.xml": b"<?xml version='1.0'?><book><title>Kilns</title><section><title>Heat</title><para>Hot &a"
    b"mp; dry.</para>"
    b"<variablelist><varlistentry><term>x</term><listitem><para>y</para></listitem></varlistentry></varia"
    b"blelist></section></book>",
    "kilns.json": b'{"kilns": [{"name": "Old", "degrees": 1200}, {"name": "New", "degrees": 900}]}',
    "kilns.jsonl": b'{"name": "Old"}\n{"name": "New"}\n',
    "kilns.yaml": b"kilns:\n  - name: Old\n    degrees: 1200\n",
    "letter.msg": ole_file({**sent_at(1 << 56), **text_property(0x0037, "Kilns"), **text_property(0x1000, "It is hot.")}),
    "plan.org": b"#+TITLE: Heat\n* TODO Kilns :hot:\n:LOG:\n:END:\n| A | B |\n|---+---|\n| 1 | 2 |\n- ash :: grey\n"
    b"#+BEGIN_SRC c\nx;\n#+END_SRC\n",
    "letter.eml": b"From: a@b.c\nTo: d@e.f\nSubject: Kilns\nContent-Type: text/plain; charset=utf-8\n\nThe kiln is hot.\n",
    "days.ics": b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20240517T090000\nSUMMARY:Firing\nEND:VEVENT\nEND:VCALENDAR\n",
    "ada.vcf": b"BEGIN:VCARD\nVERSION:3.0\nFN:Ada Quillon\nTEL:555 0199\nEND:VCARD\n",
    "talk.srt": b"1\n00:00:01,000 --> 00:00:02,000\nThe kiln is hot.\n",
    "kilns.ipynb": b'{"nbformat": 4, "metadata": {}, "cells": [{"cell_type": "markdown", "source": ["# Kilns"]}]}',
    "kiln.py": b"class Kiln:\n    def heat(self):\n        return 1200\n",
}
