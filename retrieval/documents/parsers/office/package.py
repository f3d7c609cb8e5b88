"""The members of a packed document (OOXML, ODF, EPUB are all ZIP files), read within bounds.

A few kilobytes can unpack to gigabytes, and a megabyte of XML can become a gigabyte of elements; so what is unpacked, how
many members there are and how many nodes an XML part has are counted before they cost memory. No name of a member is ever
used as a path.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import unquote

from ..base import Unreadable
from ..zips import ZIP_DAMAGE, open_zip

MOST_BYTES = 200_000_000  # unpacked, all that is read of a document
_MOST_MEMBERS = 20_000
_MOST_NODES = 5_000_000  # libxml2 takes some 120 bytes for an element, and as much for an attribute
_PROLOGUE = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ENCODINGS = re.compile(rb"^(utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-8859-\d+|windows-125\d)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part of an OOXML package names by an id."""

    kind: str  # the last word of its type: "footnotes", "slide"
    target: str  # the member's name; an address where it is outside
    outside: bool


class Package:
    """A packed document. `meaning`: "a Word document", for messages."""

    def __init__(self, content: bytes, meaning: str) -> None:
        self.meaning = meaning
        try:
            self._archive = open_zip(io.BytesIO(content))
        except ZIP_DAMAGE as error:
            raise self.damaged() from error
        if len(self._archive.filelist) > _MOST_MEMBERS:
            raise Unreadable(f"it holds more than {_MOST_MEMBERS:,} files")
        self._members = {_normal(info.filename): info for info in self._archive.infolist()}
        self._left = MOST_BYTES

    def damaged(self) -> Unreadable:
        return Unreadable(f"it is not a whole {self.meaning}: damaged, or cut off")

    def main_part(self, usual: str) -> str:
        """The name of the part that the package says is its document; `usual` where it says nothing of use."""
        offered = (relation.target for relation in self.relations("").values() if relation.kind == "officeDocument")
        return next((part for part in offered if part in self), usual)

    def names(self) -> list[str]:
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._members

    def read(self, name: str) -> bytes:
        """The content of a member; empty where there is none of this name."""
        info = self._members.get(_normal(name))
        if info is None:
            return b""
        self._count(info)
        with self._damage(), self._archive.open(info) as file:
            return file.read(info.file_size)

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """A member to be read as a stream."""
        info = self._members.get(_normal(name))
        if info is None:
            raise self.damaged()
        self._count(info)
        with self._damage(), self._archive.open(info) as file:
            yield file

    def xml(self, name: str) -> Any:
        """The root element of a part; None where there is no such part.

        Raises:
            Unreadable: it is no XML, or more of it than memory should hold.
        """
        content = self.read(name)
        return self.parse(content) if content.strip() else None

    def parse(self, content: bytes) -> Any:
        """See `xml`."""
        from lxml import etree

        check_xml(content)
        try:
            return etree.fromstring(content, xml_parser())
        except (etree.XMLSyntaxError, ValueError) as error:
            raise self.damaged() from error

    def relations(self, part: str) -> Mapping[str, Relation]:
        """What an OOXML part refers to, by id."""
        folder, _, name = part.rpartition("/")
        root = self.xml(f"{folder}/_rels/{name}.rels")
        if root is None:
            return {}
        return {
            relation.get("Id", ""): Relation(
                relation.get("Type", "").rpartition("/")[2],
                relation.get("Target", "")
                if relation.get("TargetMode") == "External"
                else resolve(part, relation.get("Target", "")),
                relation.get("TargetMode") == "External",
            )
            for relation in root
        }

    def _count(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 1:
            raise Unreadable("it is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # no other is allowed in documents
            raise self.damaged()
        self._left -= info.file_size
        if self._left < 0:
            raise Unreadable(f"it unpacks to more than {MOST_BYTES // 1_000_000} MB")

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except ZIP_DAMAGE as error:
            raise self.damaged() from error


def check_xml(content: bytes) -> None:
    """See that XML is in an encoding whose brackets can be counted, declares no entities and has not too many nodes.

    Raises:
        Unreadable
    """
    declared = _PROLOGUE.match(content[:200])
    if declared and not _ENCODINGS.match(declared[1]):
        raise Unreadable(f"its XML is in an encoding that is not read, {declared[1].decode('ascii')}")
    if b"<!ENTITY" in content or "<!ENTITY".encode("utf-16-le") in content or "<!ENTITY".encode("utf-16-be") in content:
        raise Unreadable("its XML declares entities, which no such document needs")
    if content.count(b"<") + 2 * content.count(b"=") > _MOST_NODES:
        raise Unreadable("its XML has more elements than can be read in the memory that a document gets")


def xml_parser(**options: Any) -> Any:
    """A parser that reads nothing but what it is given, and no deeper than 256 elements."""
    from lxml import etree

    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    return etree.XMLParser(**safe, remove_comments=True, remove_pis=True, **options)


def resolve(part: str, target: str) -> str:
    """The member that `target`, as it stands in `part`, means."""
    target = unquote(target.partition("#")[0]).replace("\\", "/")
    return _normal(posixpath.normpath(posixpath.join("/", posixpath.dirname(part), target)))


def _normal(name: str) -> str:
    """Names of parts do not heed case, and some programs write them with backslashes."""
    return name.replace("\\", "/").lstrip("/").lower()
