"""The tree of a page, whatever its encoding and however deep it is nested (WHATWG HTML, as libxml2 reads it)."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from typing import Any

from ..encoding import decode

Element = Any  # lxml has no types here
_LOOK = 4096  # bytes in which a page may name its encoding
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)|<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.I
)
_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_IN_ASCII = ("iso-2022", "hz")  # encodings of other scripts that look like ASCII
# What pages of these names really are (WHATWG Encoding Standard).
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_NESTING = re.compile(
    r"</?(?:div|span|font|b|i|u|em|strong|small|big|a|section|article|blockquote|center|ul|ol|dl|li|dd|dt|table|tbody|tr|td|th|form|fieldset)\b[^<>]*>",
    re.I,
)


@dataclass(slots=True)
class HtmlTree:
    """A page as it was read. `root` is None where there is nothing in it."""

    root: Element
    notes: list[str] = field(default_factory=list)


def read_html(content: bytes | str) -> HtmlTree:
    """The tree of a page or of a fragment.

    Raises:
        Unreadable: it is binary.
    """
    text = content if isinstance(content, str) else decode_page(content)
    root, is_complete = _tree(text)
    if is_complete:
        return HtmlTree(root)
    root, _ = _tree(_NESTING.sub(" <br> ", text))
    return HtmlTree(root, ["its elements are nested too deep: only the text is read, without its structure"])


def _tree(text: str) -> tuple[Element, bool]:
    """The root, and whether all of the page is below it: the parser gives up on what is nested 2,048 deep."""
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, recover=True)
    try:
        root = etree.fromstring(text.replace("\x00", "\ufffd").encode("utf-8", "replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # nothing but comments
        return None, True
    is_complete = not any("epth" in entry.message for entry in parser.error_log.filter_from_fatals())
    return root, is_complete


def decode_page(content: bytes) -> str:
    """The text of a page: by its mark, then as UTF-8 where it is that, then as the page says, then as any text."""
    if not content.startswith(_MARKS):
        declared = _declared(content)
        if declared and declared.startswith(_IN_ASCII):
            return content.decode(declared, "replace")
        try:
            return content.decode("utf-8")
        except UnicodeDecodeError:
            if declared and declared != "utf-8" and not declared.startswith(("utf-16", "utf-32")):
                return content.decode(declared, "replace")
    return decode(content)


def _declared(content: bytes) -> str | None:
    """The name by which Python knows the encoding that the page names."""
    match = _DECLARED.search(content[:_LOOK])
    if match is None:
        return None
    try:
        codec = codecs.lookup((match[1] or match[2]).decode("ascii", "replace"))
        "".encode(codec.name)  # some names are no encoding of text
    except (LookupError, UnicodeError):
        return None
    name = codec.name
    return _MEANT.get(name, name)
