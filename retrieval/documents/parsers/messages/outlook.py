"""A message of Outlook (MS-OXMSG), as the message that it would be on its way: the parser of mail reads that.

Its streams are read by `olefile`. A text that is kept as rich text alone is named, and not read.
"""

from __future__ import annotations

import io
import re
import struct
from datetime import UTC, datetime, timedelta
from email import policy
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.parser import HeaderParser
from typing import Any

from ..base import Parsed, Unreadable
from .mail import parse_message

_DEEPEST = 3
_MOST_BYTES = 100_000_000  # of one stream
_HEADERS = {"Subject": 0x0037, "To": 0x0E04, "Cc": 0x0E03}
_SENDER, _SENDER_ADDRESS, _TRANSPORT = 0x0C1A, 0x5D01, 0x007D
_BODY, _HTML, _RICH_TEXT = 0x1000, 0x1013, 0x1009
_DAMAGED = "it is a damaged message of Outlook, or cut off"
_RICH = "its text is kept as compressed RTF only, which is not read: save it as .eml"
_DATA, _LONG_NAME, _SHORT_NAME, _TYPE = 0x3701, 0x3707, 0x3704, 0x370E
_SENT, _DELIVERED = 0x0039, 0x0E06
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_ATTACHMENT = re.compile(r"__attach_version1\.0_#[0-9A-Fa-f]{8}")


def read_outlook(content: bytes) -> Parsed:
    """The message in a file of Outlook.

    Raises:
        Unreadable: it is damaged, or cut off.
    """
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as storage:
            message = _message(storage, [], 1)
            notes = [_RICH] if _is_rich(storage) else []
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, RecursionError) as error:
        raise Unreadable(_DAMAGED) from error
    if not message.keys() and not notes:
        raise Unreadable(_DAMAGED)
    return parse_message(message, notes, "application/vnd.ms-outlook")


def _header_registry() -> HeaderRegistry:
    """People are often named without an address, which the parser of addresses would take for one."""
    registry = HeaderRegistry()
    for name in ("from", "to", "cc"):
        registry.map_to_type(name, UnstructuredHeader)  # type: ignore[arg-type]
    return registry


def _is_rich(storage: Any) -> bool:
    has_text = any(_bytes(storage, [], tag, kind) for tag, kind in ((_BODY, "001F"), (_BODY, "001E"), (_HTML, "0102")))
    return not has_text and bool(_bytes(storage, [], _RICH_TEXT, "0102"))


def _message(storage: Any, path: list[str], depth: int) -> EmailMessage:
    message = EmailMessage(policy=policy.default.clone(header_factory=_header_registry()))
    for name, tag in _HEADERS.items():
        if text := " ".join(_text(storage, path, tag).split()):
            message[name] = text
    sender, address = (" ".join(_text(storage, path, tag).split()) for tag in (_SENDER, _SENDER_ADDRESS))
    sent = HeaderParser(policy=policy.compat32).parsestr(_text(storage, path, _TRANSPORT))
    if writer := f"{sender} <{address}>" if address and address != sender else sender or str(sent.get("From") or ""):
        message["From"] = " ".join(writer.split())
    if (moment := _moment(storage, path)) is not None:
        message["Date"] = moment
    if body := _text(storage, path, _BODY):
        message.set_content(body.replace("\r\n", "\n"))
    elif markup := _bytes(storage, path, _HTML, "0102") or _text(storage, path, _HTML).encode():
        message.set_content(markup, "text", "html")
    for folder in _attachments(storage, path):
        _attach(message, storage, [*path, folder], depth)
    return message


def _attach(message: EmailMessage, storage: Any, path: list[str], depth: int) -> None:
    name = _text(storage, path, _LONG_NAME) or _text(storage, path, _SHORT_NAME)
    inner = [*path, f"__substg1.0_{_DATA:04X}000D"]
    if storage.exists([*inner, "__properties_version1.0"]):
        if depth < _DEEPEST:
            message.add_attachment(_message(storage, inner, depth + 1))
        return
    main, _, sub = _text(storage, path, _TYPE).partition("/")
    if not (main.isalnum() and sub) or main in {"multipart", "message"}:
        main, sub = "application", "octet-stream"
    data = _bytes(storage, path, _DATA, "0102")
    message.add_attachment(data, main, sub.split(";")[0].strip(), filename=" ".join(name.split()) or "attachment")


def _attachments(storage: Any, path: list[str]) -> list[str]:
    below = (entry[len(path)] for entry in storage.listdir() if entry[: len(path)] == path and len(entry) > len(path))
    return sorted({name for name in below if _ATTACHMENT.fullmatch(name)})


def _text(storage: Any, path: list[str], tag: int) -> str:
    """A property of text, in Unicode or in the encoding of its writer's machine, which is not known for sure."""
    if wide := _bytes(storage, path, tag, "001F"):
        return wide.decode("utf-16-le", "replace").rstrip("\x00")
    narrow = _bytes(storage, path, tag, "001E").rstrip(b"\x00")
    try:
        return narrow.decode("utf-8")
    except UnicodeDecodeError:
        return narrow.decode("cp1252", "replace")


def _bytes(storage: Any, path: list[str], tag: int, kind: str) -> bytes:
    stream = [*path, f"__substg1.0_{tag:04X}{kind}"]
    if not storage.exists(stream) or storage.get_size(stream) > _MOST_BYTES:
        return b""
    content: bytes = storage.openstream(stream).read()
    return content


def _moment(storage: Any, path: list[str]) -> datetime | None:
    """When it was sent, or came in: entries of 16 bytes (tag, flags, a FILETIME) after a header."""
    stream = [*path, "__properties_version1.0"]
    content: bytes = storage.openstream(stream).read() if storage.exists(stream) else b""
    moments: dict[int, datetime] = {}
    for at in range(len(content) % 16, len(content) - 15, 16):
        kind, tag, _, ticks = struct.unpack_from("<HHIQ", content, at)
        if kind == 0x40 and tag in (_SENT, _DELIVERED) and ticks < 1 << 60:
            moments[tag] = _EPOCH + timedelta(microseconds=ticks // 10)
    return moments.get(_SENT) or moments.get(_DELIVERED)
