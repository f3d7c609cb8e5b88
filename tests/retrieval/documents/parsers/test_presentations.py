"""Slides: each a page with its title; boxes, groups, tables, charts and notes are read, numbers of slides are not."""

from ayllu.retrieval.documents.parsers import BlockKind, Parsed, parse

from .packing import SPACES, opendocument, packed, pptx, shape, unpacked


def blocks(parsed: Parsed) -> list[str]:
    return [parsed.text[block.start : block.end] for block in parsed.blocks]


def test_each_slide_is_a_page_under_its_title() -> None:
    parsed = parse(
        "a.pptx",
        pptx(
            shape("Kilns", kind="ctrTitle") + shape("Ada", kind="subTitle") + shape("7", kind="sldNum"),
            shape("Heat slowly", "Hold", kind="body") + shape("Firing", kind="title"),
        ),
    )
    assert parsed.title == "Kilns"
    assert blocks(parsed) == ["Kilns", "Ada", "Firing", "- Heat slowly", "- Hold"]
    assert [parsed.text[page.start : page.end].split()[0] for page in parsed.pages] == ["Kilns", "Firing"]


def test_groups_tables_and_pictures_are_read_in_their_order() -> None:
    def cells(*texts: str, more: str = "") -> str:
        return "".join(f"<a:tc{more}><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>" for text in texts)

    table = f"<a:tbl><a:tr>{cells('Stall', '2023', '2024')}</a:tr><a:tr>{cells('North', '', '500')}</a:tr></a:tbl>"
    picture = '<p:pic><p:nvPicPr><p:cNvPr descr="A kiln"/></p:nvPicPr></p:pic><p:pic/>'
    parsed = parse(
        "a.pptx", pptx(f"<p:grpSp>{shape('In a group')}</p:grpSp><p:graphicFrame>{table}</p:graphicFrame>{picture}")
    )
    assert blocks(parsed) == ["In a group", "Stall: North; 2023: –; 2024: 500.", "Picture: A kiln"]
    assert parsed.notes == ["1 picture is not read"]


def test_speaker_notes_charts_and_diagrams_are_read() -> None:
    notes = f"<p:notes {SPACES}><p:cSld><p:spTree>{shape('Mention 2019.', kind='body')}</p:spTree></p:cSld></p:notes>"
    diagram = f"<dgm:dataModel {SPACES}><dgm:ptLst><dgm:pt><dgm:t><a:p><a:r><a:t>Step one"
    parsed = parse(
        "a.pptx",
        pptx(
            '<p:graphicFrame><dgm:relIds r:dm="p-diagramData"/></p:graphicFrame>',
            parts={
                "notesSlide": notes,
                "diagramData": f"{diagram}</a:t></a:r></a:p></dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>",
            },
        ),
    )
    assert blocks(parsed) == ["- Step one", "Speaker notes: Mention 2019."]


def test_a_hidden_slide_is_read_and_told() -> None:
    members = unpacked(pptx(shape("Kept")))
    hidden = members["ppt/slides/0.xml"].replace("<p:sld ", '<p:sld show="0" ')
    parsed = parse("a.pptx", packed({**members, "ppt/slides/0.xml": hidden}))
    assert (parsed.text, parsed.notes) == ("Kept", ["slide 1 is hidden when it is shown"])


def test_slides_of_opendocument_are_read_alike() -> None:
    def frame(text: str, kind: str = "outline") -> str:
        box = f"<draw:text-box><text:p>{text}</text:p></draw:text-box>"
        return f'<draw:frame presentation:class="{kind}">{box}</draw:frame>'

    notes = f"<presentation:notes>{frame('Mention 2019.', 'notes')}</presentation:notes>"
    body = f"<draw:page>{frame('Heat slowly.')}{frame('Firing', 'title')}{frame('3', 'page-number')}{notes}</draw:page>"
    parsed = parse("a.odp", opendocument("presentation", body))
    assert blocks(parsed) == ["Firing", "Heat slowly.", "Speaker notes: Mention 2019."]
    assert (parsed.blocks[0].kind, len(parsed.pages)) == (BlockKind.HEADING, 1)
