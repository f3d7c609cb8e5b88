"""Pages: what is content stays, with its structure, and what is not goes."""

import pytest
from ayllu.retrieval.documents.parsers import BlockKind, TextBuilder, Unreadable
from ayllu.retrieval.documents.parsers.markup import add_html

from .reading import blocks, contexts, read


@pytest.mark.parametrize("tag", ["form", "nav", "aside", "footer", "header", "main"])
def test_what_holds_most_of_a_page_is_kept_whatever_its_tag(tag: str) -> None:
    page = f"<title>Mill</title><body><{tag}><h1>Milling days</h1><p>The mill turns on Fridays from nine.</p></{tag}></body>"
    assert "The mill turns on Fridays from nine." in read("a.html", page).text


def test_menus_scripts_and_hidden_words_are_no_content() -> None:
    page = """<head><style>p {color: red}</style></head><body><nav><a href="/">Home</a> <a href="/b">Boats</a></nav>
    <div class="sidebar"><ul><li><a href="/c">Canoes</a></li><li><a href="/d">Docks</a></li></ul></div>
    <p>Visible words.</p><p style="display: none">secret</p><p hidden>gourd</p><script>var x = "coded"</script>
    <svg><text>drawn</text></svg><template>later</template></body>"""
    assert read("a.html", page).text == "Visible words."


def test_a_page_whose_words_are_all_in_scripts_has_no_text() -> None:
    with pytest.raises(Unreadable, match="no text"):
        read("a.html", '<html><body><div id=app></div><script>window.x={"text":"All content"}</script></body></html>')


def test_code_keeps_its_lines_and_other_text_does_not() -> None:
    parsed = read(
        "a.html", "<pre><code>def f():\n    return 42\n</code></pre><p>a&nbsp;b\n  &amp; x<sup>2</sup> H<sub>2</sub>O</p>"
    )
    assert blocks(parsed) == [("code", "def f():\n    return 42"), ("paragraph", "a b & x² H2O")]


def test_a_table_row_names_its_columns_and_spans_stay_in_place() -> None:
    page = """<table><caption>Fares</caption><tr><th>Ticket</th><th>Adult</th><th>Child</th></tr>
    <tr><td>Season</td><td></td><td>80.00</td></tr>
    <tr><td rowspan=2>Group</td><td>40.00</td><td>20.00</td></tr><tr><td>35.00</td><td>18.00</td></tr></table>"""
    parsed = read("a.html", page)
    assert [text for kind, text in blocks(parsed) if kind == "table row"] == [
        "Ticket: Season; Adult: –; Child: 80.00.",
        "Ticket: Group; Adult: 40.00; Child: 20.00.",
        "Ticket: Group; Adult: 35.00; Child: 18.00.",
    ]
    assert contexts(parsed)["Ticket: Season; Adult: –; Child: 80.00."] == "Fares"


def test_a_table_that_lays_out_the_page_is_no_table() -> None:
    page = "<table><tr><td><table><tr><td>Inner heading</td></tr><tr><td>The market opens at six.</td></tr></table></table>"
    assert blocks(read("a.html", page)) == [("paragraph", "Inner heading"), ("paragraph", "The market opens at six.")]


def test_a_claim_of_a_billion_cells_costs_nothing() -> None:
    page = (
        "<table><tr><th>A</th><th>B</th></tr>"
        + '<tr><td rowspan="999999" colspan="999999">x</td><td>y</td></tr>' * 200
        + "</table>"
    )
    assert len(read("a.html", page).text) < 200_000


def test_a_term_stands_with_what_is_said_of_it_and_is_the_context_of_the_rest() -> None:
    page = (
        "<dl><dt>-h</dt><dt>--help</dt><dd><p>Show help.</p><p>Then leave.</p></dd><dt>--dry</dt><dd>Do nothing.</dd></dl>"
    )
    parsed = read("a.html", page)
    assert blocks(parsed) == [
        ("definition", "-h, --help: Show help."),
        ("paragraph", "Then leave."),
        ("definition", "--dry: Do nothing."),
    ]
    assert contexts(parsed)["Then leave."] == "-h, --help"


def test_details_and_notes_go_by_their_titles() -> None:
    page = """<details><summary>Tides</summary><p>High tide is at six.</p></details>
    <aside class="admonition"><p class="admonition-title">Warning</p><p>The quay is slippery.</p></aside>
    <div class="tip"><table summary="Tip"><tr><td rowspan="2"><img alt="[Tip]" src="tip.png"></td><th>Tip</th></tr>
    <tr><td><p>Bring a rope.</p></td></tr></table></div>"""
    assert [text for _, text in blocks(read("a.html", page))] == [
        "Tides: High tide is at six.",
        "Warning: The quay is slippery.",
        "Tip: Bring a rope.",
    ]


def test_an_item_of_an_inner_list_knows_what_it_stands_under() -> None:
    parsed = read("a.html", "<ol><li>Saws<ul><li>Coping saw: hook 4</li></ul></li><li>Planes</li></ol>")
    assert [(block.level, parsed.text[block.start : block.end], block.context) for block in parsed.blocks] == [
        (0, "1. Saws", ""),
        (1, "- Coping saw: hook 4", "Saws"),
        (0, "2. Planes", ""),
    ]


def test_contents_and_indexes_are_furniture_and_bars_are_gone() -> None:
    links = "".join(f'<li><a href="#s{number}">Section {number}</a></li>' for number in range(20))
    page = f"""<div class="navheader"><a accesskey="p" href="a.html">Prev</a></div>
    <h1>Manual<a class="headerlink" href="#m">¶</a></h1>
    <div class="toc"><ul>{links}</ul></div><p>The pump is oiled twice a year, before it is used and after that.</p>
    <ul><li><a href="x.html" accesskey="n">Next</a></li></ul>"""
    parsed = read("a.html", page)
    kinds = {text: kind for kind, text in blocks(parsed)}
    assert kinds["Manual"] == "heading"
    assert kinds["Section 3"] == "furniture"
    assert "Prev" not in parsed.text
    assert "Next" not in parsed.text
    index = read("b.html", f"<title>Index</title><body><ul>{links}</ul></body>")
    assert {block.kind for block in index.blocks} == {BlockKind.FURNITURE}


def test_formulas_pictures_and_notes_are_read_as_words() -> None:
    page = """<p>Energy
    <math><semantics><mrow><mi>E</mi></mrow>
    <annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math>,
    half <math><mfrac><mi>a</mi><mi>b</mi></mfrac></math>.<sup><a href="#f1">1</a></sup></p>
    <figure><img src="m.png" alt="Map of the bay"><figcaption>Figure 1. The bay</figcaption></figure>
    <aside id="f1">1. As measured in 1911.</aside>"""
    text = read("a.html", page).text
    assert "Energy E=mc^2 , half a/b . [1]" in text
    assert "Map of the bay" in text
    assert "Figure 1. The bay" in text
    assert "As measured in 1911." in text


def test_the_title_goes_without_the_site_and_the_language_is_known() -> None:
    parsed = read(
        "a.html", '<html lang="de-AT"><head><title>Gebühren — Hafenamt Linz</title></head><h1>Gebühren</h1><p>Neun Euro.</p>'
    )
    assert (parsed.title, parsed.language) == ("Gebühren", "de")


@pytest.mark.parametrize(
    "content",
    [
        '<html><head><meta charset="iso-8859-1"></head><p>Größe café ‘naïve’</p>'.encode(),
        '<html><head><meta charset="windows-1252"></head><p>Größe café ‘naïve’</p>'.encode("cp1252"),
        '<html><head><meta charset="iso-8859-1"></head><p>Größe café ‘naïve’</p>'.encode("cp1252"),
        "<html><p>Größe café ‘naïve’</p></html>".encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-8"?><html xml:lang="de"><p>Größe café ‘naïve’</p></html>'.encode(),
    ],
)
def test_a_page_is_decoded_as_what_it_is(content: bytes) -> None:
    assert read("a.html", content).text == "Größe café ‘naïve’"


@pytest.mark.parametrize("tag", ["div", "b", "ul><li", "table><tr><td", "blockquote"])
def test_any_depth_is_read(tag: str) -> None:
    deep = read("a.html", f"<p>First.</p>{f'<{tag}>' * 4_000}deep words{'</div>' * 4_000}<p>Last.</p>")
    assert "deep words" in deep.text
    assert "Last." in deep.text


def test_a_fragment_is_added_to_what_is_there() -> None:
    builder = TextBuilder()
    builder.add("Before.")
    add_html(builder, "<nav>All <b>kept</b></nav><p>After.", is_fragment=True)
    assert builder.build("text/x").text == "Before.\n\nAll kept\n\nAfter."


def test_signs_within_each_other_are_read_in_time() -> None:
    assert read("a.html", "<p>Before.</p>" + "<sup>" * 1900 + "last").text.endswith("last")


def test_a_page_of_frames_names_the_pages_that_hold_the_text() -> None:
    with pytest.raises(Unreadable, match=r"only frames other pages, which hold the text: menu\.html, fees\.html"):
        read("a.html", '<html><frameset cols="20%,80%"><frame src="menu.html"><frame src="fees.html"></frameset></html>')
