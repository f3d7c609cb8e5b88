"""What a text is, told by how it begins. Only what is certain counts: the rest is left to names and servers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

_HTML = re.compile(
    r"(?:<\?xml[^>]*\?>\s*)?(?:<\?php\b.{0,2000}?\?>\s*)*(?:<!--.*?-->\s*)*"
    r"(?:<!doctype html|<html[\s>]|<head[\s>]|<body[\s>]|<title>[^<]*</title>)",
    re.I | re.S,
)
_FRAGMENT = re.compile(
    r"(?:<!--.*?-->\s*)*<(?:p|h[1-6]|div|table|article|main|section|ul|ol|center|meta|link|script)[\s>/]", re.I | re.S
)
_ROOT = re.compile(
    r"(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>|<\?[^>]*\?>|\s)*<(?:\w+:)?([\w.-]+)[\s>/]", re.S
)
_XML = re.compile(r"<\?xml\s")
_MAIL_HEADER = re.compile(r"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[ \t]?.*\n(?:[ \t]+\S.*\n)*)+", re.M)
_MAIL_NAMES = re.compile(
    r"^(from|to|subject|date|message-id|received|mime-version|return-path|delivered-to|reply-to|cc|content-type):",
    re.I | re.M,
)
_MBOX = re.compile(r"From \S+@?\S* .*\d{4}.*\n(?:>?[A-Za-z][A-Za-z0-9-]*:)")
_SRT = re.compile(r"\d+\n\d\d?:\d\d:\d\d[,.]\d{1,3} *--> *\d\d?:\d\d:\d\d[,.]\d{1,3}")
_ROFF = re.compile(
    r"(?:(?:\.\\\"|'\\\"|\.\s*$|\\\").*\n|\.(?:de|ds|if|ie|el|so|nr|ne|ad|hy|nh|nop)\b.*\n|\.\.\n|\s*\n)*\.(?:TH|Dd)\s", re.M
)
_TEX = re.compile(r"(?:\s*(?:%.*)?\n)*\s*\\(?:documentclass|documentstyle)\b")
_NOTEBOOK = re.compile(r'\s*\{.*"(?:nbformat|cell_type)"\s*:', re.S)
_FEEDS = {"rss": "application/rss+xml", "feed": "application/atom+xml", "RDF": "application/rss+xml"}


def _is_mail(start: str) -> bool:
    """At least three header lines that mail has, before the first blank line."""
    match = _MAIL_HEADER.match(start)
    names = {name.lower() for name in _MAIL_NAMES.findall(match[0])} if match else set()
    return len(names) >= 2 and bool(names & {"from", "subject", "received", "return-path", "message-id"})


def _is_saved_page(start: str) -> bool:
    return (
        _is_mail(start)
        and bool(re.search(r"^Content-Type:\s*multipart/related", start, re.I | re.M))
        and bool(re.search(r"^(?:Snapshot-Content-Location:|From:\s*<Saved by)|type=\"?text/html", start, re.I | re.M))
    )


_KINDS: Sequence[tuple[str, Callable[[str], object]]] = (
    ("image/x-xpixmap", lambda start: start.startswith("/* XPM */")),
    ("application/rtf", lambda start: start.startswith("{\\rtf")),
    ("text/html", _HTML.match),
    ("text/calendar", re.compile(r"BEGIN:VCALENDAR\s", re.I).match),
    ("text/vcard", re.compile(r"BEGIN:VCARD\s", re.I).match),
    ("text/vtt", re.compile(r"WEBVTT(?:[ \t\n]|$)").match),
    ("application/x-subrip", _SRT.match),
    ("application/mbox", _MBOX.match),
    ("multipart/related", _is_saved_page),
    ("message/rfc822", _is_mail),
    ("application/x-tex", _TEX.match),
    ("text/troff", _ROFF.match),
    (
        "application/x-ipynb+json",
        lambda start: (_NOTEBOOK.match(start) and '"nbformat"' in start) or '"cell_type"' in start[:300],
    ),
)


def media_type_of(start: str) -> str:
    """The media type of a text that begins so; empty where nothing is certain.

    `start` is the head of the text, without a mark of its encoding, its lines divided by `\\n`.
    """
    start = start.lstrip("\ufeff \t\n\r\f")
    for media_type, matches in _KINDS:
        if matches(start):
            return media_type
    if _XML.match(start) or start.startswith(("<rss", "<feed", "<svg")):
        root = _ROOT.match(start)
        name = root[1] if root else ""
        return "image/svg+xml" if name == "svg" else _FEEDS.get(name, "application/xml")
    return ""


def guess_of(start: str) -> str:
    """What a text that begins so is likely to be, where neither its name nor its server says anything."""
    start = start.lstrip()
    if _FRAGMENT.match(start):
        return "text/html"
    if re.match(r'\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})', start) or re.match(r'\[\s*(?:[\[{"]|\]|-?[\d.]+\s*,)', start):
        first, _, second = start.partition("\n")
        lines = first.rstrip().endswith(("}", "]")) and second.lstrip().startswith(("{", "["))
        return "application/x-ndjson" if lines else "application/json"
    if start.startswith("#!"):
        return "text/x-source"
    return ""
