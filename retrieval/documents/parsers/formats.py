"""The formats that ayllu reads: what each is called, and which module reads it, loaded when there is something to read.

A format is an entry here. Raise its `version` when its parser gives another text: what an older one read is then read anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .base import PDF, ZIP, Format, Parsed, Signature
from .source.grammars import LANGUAGES


@dataclass(frozen=True, slots=True)
class _Deferred:
    """A function of a module in this package, which is loaded at the first call: a run reads a few formats of all these."""

    module: str
    name: str = "parse"
    arguments: tuple[Any, ...] = ()  # before the content

    def __call__(self, content: Any) -> Any:
        return getattr(import_module(f".{self.module}", __package__), self.name)(*self.arguments, content)


def _by(module: str, name: str = "parse", *arguments: object) -> Callable[[bytes], Parsed]:
    return _Deferred(module, name, arguments)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_OLE = "application/x-ole-storage"

PLAIN = Format("text/plain", frozenset({".txt", ".text", ".log"}), _by("plain"), version=2)

_DOCUMENTS = (
    Format("text/asciidoc", frozenset({".adoc", ".asciidoc", ".asc"}), _by("asciidoc"), version=2, begins_freely=True),
    Format(
        f"{_OFFICE}.wordprocessingml.document",
        frozenset({".docx", ".docm", ".dotx", ".dotm"}),
        _by("docx"),
        ZIP,
        version=3,
    ),
    Format("text/org", frozenset({".org"}), _by("org"), aliases=frozenset({"text/x-org"}), begins_freely=True),
    Format("application/epub+zip", frozenset({".epub"}), _by("epub"), ZIP),
    Format(
        "text/html",
        frozenset({".html", ".htm", ".xhtml"}),
        _by("html"),
        version=3,
        aliases=frozenset({"application/xhtml+xml"}),
    ),
    Format("application/x-tex", frozenset({".tex", ".latex", ".ltx"}), _by("latex.reading"), version=3),
    Format(
        "text/troff",
        frozenset(
            {*(f".{section}" for section in range(1, 10)), ".man", ".mdoc", ".roff", ".1p", ".3p", ".3pm", ".3perl", ".1ssl"}
        ),
        _by("man.reading"),
        recognise=_Deferred("man.recognition", "is_page"),
        aliases=frozenset({"application/x-troff-man", "text/x-troff", "application/x-troff"}),
    ),
    Format(
        "text/markdown",
        frozenset({".md", ".markdown", ".mdown", ".mkd"}),
        _by("markdown"),
        version=4,
        begins_freely=True,
        aliases=frozenset({"text/x-markdown"}),
    ),
    Format(
        "multipart/related",
        frozenset({".mht", ".mhtml"}),
        _by("mhtml"),
        aliases=frozenset({"message/rfc822+html", "application/x-mimearchive"}),
    ),
    Format("application/x-ipynb+json", frozenset({".ipynb"}), _by("notebook")),
    Format(f"{_OPEN}.presentation", frozenset({".odp", ".otp"}), _by("odp"), ZIP),
    Format(f"{_OPEN}.spreadsheet", frozenset({".ods", ".ots"}), _by("ods"), ZIP, version=3),
    Format(f"{_OPEN}.text", frozenset({".odt", ".ott"}), _by("odt"), ZIP, version=3),
    Format(
        _OLE,
        frozenset({".doc", ".dot", ".xls", ".xlt", ".ppt", ".pps", ".msg"}),
        _by("ole"),
        Signature(b"\xd0\xcf\x11\xe0", "an old Office document", _OLE),
        version=2,
        aliases=frozenset(
            {"application/vnd.ms-outlook", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
        ),
    ),
    Format(
        "application/pdf",
        frozenset({".pdf"}),
        _by("pdf.reading"),
        PDF,
        version=6,
        aliases=frozenset({"application/x-pdf"}),
    ),
    Format(
        "image/png",
        frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"}),
        _by("pictures"),
        Signature(b"\x89PNG", "a PNG picture", "image/png"),
        aliases=frozenset({"image/jpeg", "image/tiff"}),
    ),
    PLAIN,
    Format(
        f"{_OFFICE}.presentationml.presentation",
        frozenset({".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"}),
        _by("pptx"),
        ZIP,
        version=2,
    ),
    Format(
        "text/x-rst",
        frozenset({".rst", ".rest"}),
        _by("rst.reading"),
        version=2,
        aliases=frozenset({"text/prs.fallenstein.rst"}),
        begins_freely=True,
    ),
    Format("application/rtf", frozenset({".rtf"}), _by("rtf"), version=2, aliases=frozenset({"text/rtf"})),
    Format(
        f"{_OFFICE}.spreadsheetml.sheet",
        frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb"}),
        _by("xlsx"),
        ZIP,
        version=3,
    ),
    Format(
        "application/xml",
        frozenset({".xml", ".rss", ".atom", ".rdf", ".svg", ".dbk", ".docbook", ".opml"}),
        _by("xml"),
        version=3,
        aliases=frozenset(
            {"text/xml", "application/rss+xml", "application/atom+xml", "application/rdf+xml", "image/svg+xml"}
        ),
    ),
)

_DATA = (
    Format(
        "text/csv",
        frozenset({".csv", ".tsv", ".tab"}),
        _by("data.delimited"),
        version=4,
        aliases=frozenset({"application/csv", "text/tab-separated-values"}),
    ),
    Format(
        "application/json",
        frozenset({".json", ".json5", ".jsonc", ".geojson", ".webmanifest"}),
        _by("data.json_files"),
        version=2,
        aliases=frozenset({"application/feed+json", "text/json", "application/ld+json", "application/geo+json"}),
    ),
    Format(
        "application/x-ndjson",
        frozenset({".jsonl", ".ndjson"}),
        _by("data.json_files", "parse_lines"),
        aliases=frozenset({"application/jsonl", "application/jsonlines", "application/ndjson"}),
    ),
    Format(
        "text/x-settings",
        frozenset({".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".desktop", ".service", ".editorconfig"}),
        _by("data.settings", "parse_sections"),
        aliases=frozenset({"application/toml"}),
    ),
    Format(
        "application/yaml",
        frozenset({".yaml", ".yml"}),
        _by("data.settings", "parse_yaml"),
        aliases=frozenset({"text/yaml", "text/x-yaml", "application/x-yaml"}),
    ),
)

_MESSAGES = (
    Format("message/rfc822", frozenset({".eml"}), _by("messages.mail"), version=3),
    Format("application/mbox", frozenset({".mbox", ".mbx"}), _by("messages.mailbox"), version=3),
    Format("text/calendar", frozenset({".ics", ".ical", ".ifb"}), _by("messages.calendars"), version=2),
    Format(
        "text/vcard", frozenset({".vcf", ".vcard"}), _by("messages.contacts"), version=2, aliases=frozenset({"text/x-vcard"})
    ),
    Format("application/x-subrip", frozenset({".srt"}), _by("messages.subtitles", "parse_srt"), version=2),
    Format("text/vtt", frozenset({".vtt"}), _by("messages.subtitles", "parse_vtt"), version=2),
)

_SOURCE_CODE = tuple(
    Format(
        f"text/x-{language.name}",
        frozenset(language.endings.split()),
        _by("source.code", "parse", language),
        aliases=frozenset(language.aliases.split()),
        names=frozenset(language.names.split()),
        version=2,
        begins_freely=True,
    )
    for language in LANGUAGES
)

BUILT_IN = (*_DOCUMENTS, *_DATA, *_MESSAGES, *_SOURCE_CODE)
