"""The package of an OpenDocument file, or the flat file that holds all its parts."""

from __future__ import annotations

from ...base import Unreadable
from ..elements import Element, attribute, child, descendants
from ..package import Package


def open_document(content: bytes, meaning: str) -> Package:
    """The package, unless it is locked with a password.

    Raises:
        Unreadable
    """
    package = Package(content, meaning)
    manifest = package.xml("META-INF/manifest.xml")
    if next(descendants(manifest, "encryption-data"), None) is not None:
        raise Unreadable("it is encrypted")
    return package


def content_of(package: Package, kind: str) -> tuple[Element, Element]:
    """The root of `content.xml`, and its body of this kind: `text`, `spreadsheet`, `presentation`."""
    root = package.xml("content.xml")
    body = child(root, "body", kind)
    if body is None:
        raise package.damaged()
    return root, body


def in_words(pictures: int, embedded: int) -> list[str]:
    notes = [f"{pictures} picture{'s are' if pictures > 1 else ' is'} not read"] if pictures else []
    return notes + ([f"{embedded} embedded object{'s are' if embedded > 1 else ' is'} not read"] if embedded else [])


def described(frame: Element) -> str:
    """What is said of a frame for those who cannot see it."""
    for name in ("desc", "title"):
        element = next(descendants(frame, name), None)
        if element is not None and (text := " ".join("".join(element.itertext()).split())):
            return text
    return attribute(frame, "alt").strip()
