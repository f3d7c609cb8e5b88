"""A small whole file of each format, to be damaged by the fuzz test. Add a line for each format."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from .packing import docx, epub, open_table, opendocument, paragraph, pptx, shape, sheet_rows, word_cells, word_table, xlsx

_SHIPPED = files("ayllu.retrieval").joinpath("sample")
_NAMES = ("insurance.docx", "solar-dryer.pdf", "repair-cafe.html", "money.md", "deposits.csv", "history.txt")
SAMPLES: Mapping[str, bytes] = {
    **{name: _SHIPPED.joinpath(name).read_bytes() for name in _NAMES},
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
}
