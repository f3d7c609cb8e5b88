"""XML: feeds entry by entry, drawings by their labels, records by their names, DocBook and other prose by its paragraphs.

Entities are not expanded, but for the five of XML and those that are a character, and nothing is fetched.
"""

from __future__ import annotations

import html
import re

from .base import BlockKind, Parsed, Unreadable
from .builder import TextBuilder
from .data.tree import TreeWriter
from .encoding import decode
from .feeds import add_feed
from .markup import add_html
from .markup.walking import END, START, Walk
from .office.elements import Element, local_name
from .xml_records import holds_records, values_of

_MEDIA_TYPE = "application/xml"
_NOT_EXPANDED = "what its own entities stand for is left out"
_DEEP = "its elements are nested too deep: only the text is read, without its structure"
_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?[^\s\"'<>]{1,200}\s+(?:\"[^\"]*&[^\"]*\"|'[^']*&[^']*')\s*>")
_CHARACTER = re.compile(rb"&#x?[0-9a-fA-F]{1,8};")
_TAG = re.compile(r"<!--.*?-->|<!\[CDATA\[|\]\]>|<[?!]?/?[^<>]*>", re.DOTALL)
_TITLES = frozenset({"title", "heading", "head", "caption", "label"})
_SECTIONS = frozenset(
    {"section", "chapter", "part", "article", "book", "appendix", "sect1", "sect2", "sect3", "sect4", "div", "sec"}
)
_CODE = frozenset({"programlisting", "screen", "literallayout", "code", "source", "synopsis", "verbatim", "pre"})
_ITEMS = frozenset({"listitem", "item", "li", "step", "member"})
_TERMS = frozenset({"term", "glossterm", "dt"})
_INLINE = frozenset(
    (
        "a b i em strong emphasis link ulink xref code literal command option filename span sub sup ref hi tspan acronym"
        " quote replaceable userinput citetitle package systemitem varname function email uri bold italic tt"
    ).split()
)
_LEFT_OUT = frozenset({"style", "script", "metadata", "defs", "path", "indexterm", "remark"})
_FEEDS = frozenset({"rss", "feed", "RDF"})


def parse(content: bytes) -> Parsed:
    builder = TextBuilder()
    root = read_xml(content, builder.notes)
    if _DEEP in builder.notes:
        for line in html.unescape(_TAG.sub("\n", decode(content))).split("\n"):
            builder.add(line, after="\n")
        return builder.build(_MEDIA_TYPE)
    name = local_name(root)
    if name in _FEEDS:
        add_feed(builder, root)
        return builder.build("application/rss+xml" if name != "feed" else "application/atom+xml")
    if name == "html":
        add_html(builder, content)
        return builder.build("text/html")
    if name != "svg" and holds_records(root):
        writer = TreeWriter(builder)
        writer.write(values_of(root))
        builder.notes += writer.notes()
    else:
        _Writer(builder).write(root)
    if _NOT_EXPANDED in builder.notes and not builder.has_text:
        raise Unreadable("there is no text in it but entities of its own, which are not expanded")
    return builder.build("image/svg+xml" if name == "svg" else _MEDIA_TYPE)


def read_xml(content: bytes, notes: list[str] | None = None) -> Element:
    """The root of a document, damaged ones as far as they can be read; `notes` takes what is left out.

    Raises:
        Unreadable: there is no element in it.
    """
    from lxml import etree

    defines = [match[0] for match in _ENTITY.finditer(content) if b"&" in _CHARACTER.sub(b"", match[0])]
    for declaration in defines:  # entities of entities, each ten of the next, are what makes a bomb
        content = content.replace(declaration, b"")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=True)
    try:
        root = etree.fromstring(content.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("it is damaged XML") from error
    if root is None:
        raise Unreadable("it is damaged XML")
    if notes is not None:
        if defines or next(root.iter(etree.Entity), None) is not None:
            notes.append(_NOT_EXPANDED)
        if any("epth" in entry.message for entry in parser.error_log):
            notes.append(_DEEP)
    etree.strip_elements(root, etree.Entity, with_tail=False)  # what they stand for is not in the file
    return root


class _Writer:
    """Blocks of a document of which only the names of its elements are known."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._parts: list[str] = []
        self._sections = 0
        self._term = ""

    def write(self, root: Element) -> None:
        walk = Walk(root)
        open_names: list[str] = []
        for event, element in walk:
            if event == START:
                name = local_name(element).lower()
                if name in _LEFT_OUT:
                    walk.skip(element)
                    self._parts.append(element.tail or "")
                    continue
                if name not in _INLINE or (name == "code" and not "".join(self._parts).strip()):
                    self._flush(open_names)
                open_names.append(name)
                self._sections += name in _SECTIONS
                self._parts.append(element.text or "")
            else:
                if event == END:
                    if open_names[-1] not in _INLINE:
                        self._flush(open_names)
                    self._sections -= open_names.pop() in _SECTIONS
                if element is not root:
                    self._parts.append(element.tail or "")
        self._flush([])

    def _flush(self, open_names: list[str]) -> None:
        text = "".join(self._parts)
        self._parts = []
        if not text.strip():
            return
        name = open_names[-1] if open_names else ""
        line = " ".join(text.split())
        if name in _CODE:
            self._builder.add(text, BlockKind.CODE, context=self._term)
        elif name in _TITLES:
            if not self._builder.title:
                self._builder.title = line
            self._builder.add(line, BlockKind.HEADING, level=min(max(1, self._sections), 6))
        elif name in _TERMS:
            self._term = line
        elif self._term and _ITEMS.intersection(open_names[-3:]):
            self._builder.add(f"{self._term}: {line}", BlockKind.DEFINITION)
            self._term = ""
        elif _ITEMS.intersection(open_names[-2:]):
            self._builder.add(f"- {line}", BlockKind.LIST_ITEM, after="\n")
        else:
            self._builder.add(line)
