"""Small documents of office kinds, written from the XML that a test wants."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_SPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "m": f"{OFFICE}/math",
    "r": f"{OFFICE}/relationships",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
    "dgm": "http://schemas.openxmlformats.org/drawingml/2006/diagram",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "dc": "http://purl.org/dc/elements/1.1/",
}
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"
_OPEN_NAMES = "office text table style draw presentation number meta"
_OPEN_SPACES = " ".join(f'xmlns:{name}="{_OPEN}:{name}:1.0"' for name in _OPEN_NAMES.split())
_OPEN_SPACES += (
    f' xmlns:fo="{_OPEN}:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:dc="{_SPACES["dc"]}"'
)
SPACES = " ".join(f'xmlns:{prefix}="{space}"' for prefix, space in _SPACES.items())


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A ZIP file of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unpacked(content: bytes) -> dict[str, str]:
    """The members of a ZIP file, to be packed again with another."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """A part of relations: by id the kind and the target."""
    rows = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/relationships/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'


def docx(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word document. `parts`: further ones by kind (`styles`, `header`), each its elements, a `chart` whole."""
    parts = parts or {}
    members = {
        "_rels/.rels": relations({"r1": ("officeDocument", "word/document.xml")}),
        "word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations({f"p-{kind}": (kind, f"{kind}.xml") for kind in parts}),
    }
    for kind, elements in parts.items():
        root = {"header": "hdr", "footer": "ftr"}.get(kind, kind)
        members[f"word/{kind}.xml"] = elements if kind == "chart" else f"<w:{root} {SPACES}>{elements}</w:{root}>"
    return packed(members)


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def word_table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def word_cells(*texts: str) -> str:
    return "".join(f"<w:tc>{paragraph(text)}</w:tc>" for text in texts)


def pptx(*slides: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A presentation of slides, each the shapes on it. `parts`: others that every slide names by their kind."""
    parts = parts or {}
    listed = "".join(f'<p:sldId id="{256 + at}" r:id="s{at}"/>' for at in range(len(slides)))
    members = {
        "_rels/.rels": relations({"r1": ("officeDocument", "ppt/presentation.xml")}),
        "ppt/presentation.xml": f"<p:presentation {SPACES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations({f"s{at}": ("slide", f"slides/{at}.xml") for at in range(len(slides))}),
        **{f"ppt/{kind}.xml": root for kind, root in parts.items()},
    }
    for at, shapes in enumerate(slides):
        members[f"ppt/slides/{at}.xml"] = f"<p:sld {SPACES}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"
        members[f"ppt/slides/_rels/{at}.xml.rels"] = relations({f"p-{kind}": (kind, f"../{kind}.xml") for kind in parts})
    return packed(members)


def shape(*texts: str, kind: str = "") -> str:
    """A box on a slide; `kind`: the placeholder it fills."""
    placeholder = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    paragraphs = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return f"<p:sp>{placeholder}<p:txBody>{paragraphs}</p:txBody></p:sp>"


def xlsx(
    sheets: Mapping[str, str], *, strings: str = "", styles: str = "", states: Mapping[str, str] | None = None
) -> bytes:
    """A workbook. `sheets`: by name the elements of each, `strings`: of the shared ones, `styles`: of the style sheet."""
    names = list(sheets)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="s{at}" state="{(states or {}).get(name, "visible")}"/>'
        for at, name in enumerate(names, start=1)
    )
    space = f'xmlns="{OFFICE.replace("officeDocument", "spreadsheetml")}/main" xmlns:r="{_SPACES["r"]}"'
    targets = {f"s{at}": ("worksheet", f"worksheets/{at}.xml") for at in range(1, len(names) + 1)}
    targets |= {"t": ("sharedStrings", "strings.xml"), "y": ("styles", "styles.xml")}
    return packed(
        {
            "_rels/.rels": relations({"r1": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f"<workbook {space}><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(targets),
            "xl/strings.xml": f"<sst {space}>{strings}</sst>",
            "xl/styles.xml": f"<styleSheet {space}>{styles}</styleSheet>",
            **{
                f"xl/worksheets/{at}.xml": f"<worksheet {space}>{sheets[name]}</worksheet>"
                for at, name in enumerate(names, 1)
            },
        }
    )


def sheet_rows(*rows: tuple[object, ...]) -> str:
    """The data of a sheet: texts, numbers, blank where None; a tuple is a number with its style."""
    text = ""
    for at, row in enumerate(rows, start=1):
        cells = ""
        for letter, value in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", row, strict=False):
            if isinstance(value, str):
                cells += f'<c r="{letter}{at}" t="inlineStr"><is><t>{value}</t></is></c>'
            elif isinstance(value, tuple):
                cells += f'<c r="{letter}{at}" s="{value[1]}"><v>{value[0]}</v></c>'
            elif value is not None:
                cells += f'<c r="{letter}{at}"><v>{value}</v></c>'
        text += f'<row r="{at}">{cells}</row>' if cells else ""
    return f"<sheetData>{text}</sheetData>"


def opendocument(kind: str, body: str, *, styles: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """An OpenDocument file. `kind`: `text`, `spreadsheet`, `presentation`; `styles`: those of the content."""
    content = (
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}>"
    )
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {_OPEN_SPACES}>{content}</office:body></office:document-content>",
            **{
                name: f"<office:document {_OPEN_SPACES}>{elements}</office:document>"
                for name, elements in (parts or {}).items()
            },
        }
    )


def open_table(*rows: tuple[str, ...], name: str = "Prices") -> str:
    def cell(text: str) -> str:
        return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" if text else "<table:table-cell/>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    return f'<table:table table:name="{name}">{lines}</table:table>'


def epub(chapters: Mapping[str, str], *, nav: str = "", metadata: str = "", parts: Mapping[str, str] | None = None) -> bytes:
    """A book. `chapters`: the bodies by file name, in their order; `nav`: the links of its contents."""
    items = "".join(f'<item id="{name}" href="text/{name}" media-type="application/xhtml+xml"/>' for name in chapters)
    items += '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("nav", *chapters))
    page = '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>{}</body></html>'
    return packed(
        {
            "mimetype": "application/epub+zip",
            "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
            "OPS/book.opf": f'<package xmlns:dc="{_SPACES["dc"]}"><metadata>{metadata}</metadata>'
            f"<manifest>{items}</manifest><spine>{spine}</spine></package>",
            "OPS/nav.xhtml": page.format(f'<nav epub:type="toc"><ol>{nav}</ol></nav>'),
            **{f"OPS/text/{name}": page.format(body) for name, body in chapters.items()},
            **(parts or {}),
        }
    )
