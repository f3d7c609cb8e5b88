"""Feeds, saved pages, drawings and other XML: their words, and no markup."""

import pytest
from ayllu.retrieval.documents.parsers import Unreadable

from .reading import blocks, read


def test_each_entry_of_a_feed_is_a_section_with_its_date_and_address() -> None:
    feed = """<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
    <channel>    <title>Harbour news</title><item><title>New ferry</title><link>http://x.org/1</link>
    <pubDate>Mon, 01 Jan 2024</pubDate>
    <description>short</description>
    <content:encoded><![CDATA[<p>The ferry <b>Skell</b> starts in May.</p>]]></content:encoded>
    </item></channel></rss>"""
    parsed = read("feed", feed)
    assert (parsed.media_type, parsed.title) == ("application/rss+xml", "Harbour news")
    assert blocks(parsed) == [
        ("heading", "New ferry"),
        ("paragraph", "Mon, 01 Jan 2024 · http://x.org/1"),
        ("paragraph", "The ferry Skell starts in May."),
    ]


def test_atom_entries_are_read_as_well() -> None:
    feed = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Log</title><entry><title>Storm</title><updated>2024-02-03</updated>
    <link href="http://x.org/s"/><content type="xhtml">
    <div xmlns="http://www.w3.org/1999/xhtml"><p>Wind of force 9.</p></div></content>
    </entry></feed>"""
    assert [text for _, text in blocks(read("a.xml", feed))] == ["Storm", "2024-02-03 · http://x.org/s", "Wind of force 9."]


def test_other_xml_is_its_titles_and_paragraphs() -> None:
    document = """<?xml version="1.0"?><!DOCTYPE doc [<!ENTITY e SYSTEM "file:///etc/passwd">]>
    <doc><title>Owl box</title><para>Clean it in &lt;February&gt; &amp; <emphasis>March</emphasis>. &e; Always.</para>
    <programlisting>owl
      --clean</programlisting></doc>"""
    parsed = read("a.xml", document)
    assert parsed.title == "Owl box"
    assert blocks(parsed)[:2] == [("heading", "Owl box"), ("paragraph", "Clean it in <February> & March. Always.")]
    assert blocks(parsed)[2][1].startswith("owl\n")
    assert "root:" not in parsed.text
    assert read("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><text>Herons</text></svg>').text == "Herons"


def test_a_saved_page_is_its_page_alone() -> None:
    saved = (
        b'From: <Saved by a browser>\nSubject: Cafe\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n'
        b"\n--b\n"
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"<html><body><p>The caf=C3=A9 is quoted=\n printable.</p></body></html>\n--b\nContent-Type: image/png\n"
        b"Content-Transfer-Encoding: base64\n\niVBORw0KGgo=\n--b--\n"
    )
    parsed = read("a.mhtml", saved)
    assert (parsed.text, parsed.title) == ("The café is quoted printable.", "Cafe")


def test_records_keep_the_names_of_their_values() -> None:
    parsed = read(
        "a.xml",
        """<catalog><item id="7"><name>Hammer</name><price currency="EUR">12.50</price></item>
        <item id="8"><name>Saw</name><price currency="EUR">19.00</price></item></catalog>""",
    )
    assert parsed.text.split("\n")[-2:] == [
        "id: 7; name: Hammer; price: 12.50; price.currency: EUR.",
        "id: 8; name: Saw; price: 19.00; price.currency: EUR.",
    ]
    outline = '<opml><body><outline text="Ferry log" xmlUrl="http://x.org/f"/></body></opml>'
    assert "text: Ferry log" in read("a.opml", outline).text


def test_a_title_in_html_is_words() -> None:
    title = '<title type="html">Gate &amp;amp; &lt;b&gt;lock&lt;/b&gt;</title>'
    feed = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{title}</entry></feed>'
    assert read("a.xml", feed).text == "Gate & lock"


def test_a_text_of_nothing_but_its_own_entities_is_refused_by_name() -> None:
    declared = '<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;">]>'
    with pytest.raises(Unreadable, match="no text in it but entities of its own"):
        read("a.xml", f'<?xml version="1.0"?>{declared}<a>&c;</a>')
    parsed = read("a.xml", f'<?xml version="1.0"?>{declared}<a><p>Kilns &c; burn</p></a>')
    assert "what its own entities stand for is left out" in parsed.notes


def test_a_json_feed_is_read_as_a_feed() -> None:
    feed = (
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Yard", "items": [{"id": "1", "url": "http://x/1",'
        ' "title": "Drill", "content_html": "<p>The drill <em>is</em> back.</p>", "date_published": "2024-03-04",'
        ' "authors": [{"name": "Ada"}]}, {"id": "2", "content_text": "Closed."}, 7]}'
    )
    parsed = read("feed.json", feed)
    assert (parsed.title, parsed.media_type) == ("Yard", "application/feed+json")
    assert parsed.text.split("\n\n") == ["Drill", "2024-03-04 · Ada · http://x/1", "The drill is back.", "Entry", "Closed."]


def test_a_bomb_of_entities_says_what_it_is_and_costs_the_rest_nothing() -> None:
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    head = f'<!DOCTYPE z [<!ENTITY l0 "lol">{levels}]>'
    with pytest.raises(Unreadable, match="entities of its own, which are not expanded"):
        read("a.xml", f"{head}<z>&l9;</z>")
    parsed = read("a.xml", f"{head}<z><p>Before the bomb.</p><p>&l9;</p><p>After the bomb.</p></z>")
    assert parsed.text == "Before the bomb.\n\nAfter the bomb."
    assert parsed.notes == ["what its own entities stand for is left out"]


def test_what_is_nested_too_deep_keeps_its_words_and_says_so() -> None:
    depth = 20_000
    parsed = read("a.xml", f"<r><p>Above &amp; first.</p>{'<a>' * depth}The deepest words.{'</a>' * depth}<p>Last.</p></r>")
    assert parsed.text.split("\n") == ["Above & first.", "The deepest words.", "Last."]
    assert "nested too deep" in parsed.notes[0]


def test_a_line_break_that_is_not_closed_takes_nothing_of_a_feed_with_it() -> None:
    feed = "<rss><channel><title>Harbour</title><item><title>Tides</title><description>High at noon.<br>Low at six."
    for end in ("", "</description></item></channel></rss>"):
        text = read("a.rss", feed + end).text
        assert "High at noon." in text
        assert "Low at six." in text
