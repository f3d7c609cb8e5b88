"""A message: who wrote to whom, when and about what, its text, and what is attached, each by its own parser.

Quoted replies stay in the text and are in no chunk: what they say is found where it was written first.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from email.message import EmailMessage

from .....text import count, size
from ..attached import add_attachment, sharing
from ..base import BlockKind, Parsed, Unreadable
from ..builder import TextBuilder
from ..encoding import decode
from ..markup import add_html
from ..prose import find_blocks
from .calendars import add_calendar

_MEDIA_TYPE = "message/rfc822"
_MOST_NOTES = 10
_SHOWN = ("From", "To", "Cc", "Date", "Subject")
_QUOTE = re.compile(r"\s{0,3}>")
_ATTRIBUTION = re.compile(
    r"(?:On .{6,200} wrote|Am .{6,200} schrieb.*|Le .{6,200} a écrit|El .{6,200} escribió|Il .{6,200} ha scritto"
    r"|.{6,200} написала?):\s*$",
    re.S,
)
_ORIGINAL = re.compile(
    r"\s*-{2,} ?(?:Original Message|Ursprüngliche Nachricht|Message d'origine|Mensaje original) ?-{2,}\s*$", re.I
)
_SIGNATURE = re.compile(r"-- ?$")
_SHORT_QUOTE = 4  # lines: as much is quoted to answer it, and is read with the answer
_ENCRYPTED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_SIGNED = frozenset({"signed-data", "certs-only"})
_DEEPEST = 5
_MOST_PARTS = 500


class MailWriter:
    """Writes messages into a builder; attachments that are not read are noted."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder
        self._parts = 0

    def write(self, message: EmailMessage, level: int = 1) -> None:
        self._headers(message, level)
        self._body(message)
        for part in self._attachments(message):
            self._attachment(part, level)

    def _headers(self, message: EmailMessage, level: int) -> None:
        subject = header(message, "Subject")
        self._builder.add(subject or "(no subject)", BlockKind.HEADING, level=level)
        lines = [f"{name}: {value}" for name in _SHOWN if (value := header(message, name))]
        self._builder.add("\n".join(lines), BlockKind.DEFINITION)

    def _body(self, message: EmailMessage) -> None:
        try:
            body = message.get_body(preferencelist=("plain", "html"))
        except (KeyError, LookupError, ValueError, AttributeError):
            body = None
        if not isinstance(body, EmailMessage):
            if not message.is_multipart():  # all of it is something else: an invitation, a file, what only a key opens
                self._attachment(message, 1)
            return
        text = text_of(body)
        if body.get_content_subtype() == "html":
            add_html(self._builder, text, is_fragment=True)
        else:
            self._builder_text(text)

    def _builder_text(self, text: str) -> None:
        for part, is_quoted in divide_quotes(text):
            if is_quoted:
                self._builder.add(part, BlockKind.FURNITURE)
                continue
            at = 0
            for block in find_blocks(part):
                self._builder.add(part[at : block.start])
                kind = BlockKind.PARAGRAPH if block.kind is BlockKind.HEADING else block.kind
                self._builder.add(part[block.start : block.end], kind, level=block.level)
                at = block.end
            self._builder.add(part[at:])

    def _attachments(self, message: EmailMessage) -> Sequence[EmailMessage]:
        try:
            return [part for part in message.iter_attachments() if isinstance(part, EmailMessage)]
        except (KeyError, LookupError, ValueError, AttributeError, TypeError):
            return []

    def _attachment(self, part: EmailMessage, level: int) -> None:
        self._parts += 1
        if self._parts > _MOST_PARTS or level > _DEEPEST:
            self._builder.notes.append("it has more parts than are read")
            return
        media_type = part.get_content_type()
        name = _file_name(part)
        if media_type in _SIGNATURES:
            return
        if media_type in _ENCRYPTED and part.get_param("smime-type") not in _SIGNED:
            self._builder.notes.append("its text is encrypted")
            return
        if media_type == "text/calendar":
            add_calendar(self._builder, text_of(part), level + 1)
            return
        if media_type == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            if isinstance(inner, EmailMessage):
                self.write(inner, level + 1)
            return
        if part.is_multipart():
            for inner in self._attachments(part):
                self._attachment(inner, level)
            return
        content = _content(part)
        if _is_decoration(part, media_type):
            self._builder.notes.append(f"a picture in its text ({media_type}, {size(len(content))}) is not read")
        elif name:
            text = text_of(part) if media_type.startswith("text/") else ""
            add_attachment(self._builder, name, text.encode("utf-8", "replace") or content, media_type)
        elif media_type == "text/html":
            add_html(self._builder, content, is_fragment=True)
        elif media_type.startswith("text/"):
            self._builder_text(text_of(part))
        else:
            add_attachment(self._builder, "without a name", content, media_type)


def header(message: EmailMessage, name: str) -> str:
    """A header in words, on one line; empty where it is missing or cannot be understood."""
    try:
        return " ".join(str(message.get(name, "")).split())
    except Exception:  # the parser of headers fails on some in ways of its own
        return ""


def text_of(part: EmailMessage) -> str:
    """The text of a part by its charset, or in whatever encoding it is."""
    content = _content(part)
    try:
        charset = part.get_content_charset()
    except Exception:  # as above
        charset = None
    if charset and charset not in {"us-ascii", "utf-8"}:
        try:
            return content.decode(charset).replace("\r\n", "\n")
        except (LookupError, ValueError):
            pass
    try:
        return decode(content)
    except Unreadable:
        return ""


def divide_quotes(text: str) -> list[tuple[str, bool]]:
    """The text in stretches, each with whether it is a long quotation of an earlier message, or a signature."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if _ORIGINAL.match(line) or (_SIGNATURE.match(line) and len(lines) - number <= 12):
            rest = "\n".join(lines[number:])
            return [*divide_quotes("\n".join(lines[:number])), (rest, True)]
    stretches: list[tuple[list[str], bool]] = []
    for line in lines:
        is_quoted = bool(_QUOTE.match(line)) or (not line.strip() and bool(stretches) and stretches[-1][1])
        if stretches and stretches[-1][1] == is_quoted:
            stretches[-1][0].append(line)
        else:
            stretches.append(([line], is_quoted))
    divided: list[tuple[str, bool]] = []
    for part, is_quoted in stretches:
        is_long = is_quoted and len("\n".join(part).strip().split("\n")) > _SHORT_QUOTE
        if is_long and divided and (match := _ATTRIBUTION.search("\n".join(divided[-1][0].rstrip().split("\n")[-2:]))):
            kept = divided[-1][0].rstrip().removesuffix(match[0].rstrip())
            divided[-1:] = [(kept, False), (match[0].strip(), True)]
        divided.append(("\n".join(part), is_long))
    return [(part, is_quoted) for part, is_quoted in divided if part.strip()]


def read_message(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _is_decoration(part: EmailMessage, media_type: str) -> bool:
    """A picture that the page of a message shows, such as a logo."""
    return media_type.startswith("image/") and "Content-ID" in part and part.get_content_disposition() != "attachment"


def _file_name(part: EmailMessage) -> str:
    try:
        return " ".join((part.get_filename() or "").split())
    except Exception:  # as above
        return ""


def parse(content: bytes) -> Parsed:
    return parse_message(read_message(content.lstrip()), (), _MEDIA_TYPE)


def parse_message(message: EmailMessage, notes: Sequence[str], media_type: str) -> Parsed:
    """`notes`: of what is known to be lost before it is read."""
    builder = TextBuilder()
    builder.notes += notes
    builder.title = header(message, "Subject")
    try:
        with sharing():
            MailWriter(builder).write(message)
    except RecursionError:
        raise Unreadable("its parts are nested too deeply") from None
    if len(builder.notes) > _MOST_NOTES:
        builder.notes[_MOST_NOTES:] = [f"{count(len(builder.notes) - _MOST_NOTES, 'more part')} not read"]
    return builder.build(media_type)
