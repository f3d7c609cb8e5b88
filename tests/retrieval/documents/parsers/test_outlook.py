"""Messages of Outlook (.msg): who wrote what to whom and when, and what is attached."""

import pytest
from ayllu.retrieval.documents.parsers import Unreadable

from .outlook_files import ole_file, sent_at, text_property
from .reading import blocks, read

_TICKS = (19_723 + 134_774) * 86_400 * 10_000_000  # 1 January 2024
MESSAGE = {
    **sent_at(_TICKS),
    **text_property(0x0037, "Keys of the boat house"),
    **text_property(0x0C1A, "Ines Roca"),
    **text_property(0x5D01, "ines@boats.example"),
    **text_property(0x0E04, "Tom Vale"),
    **text_property(0x1000, "Hello Tom,\r\n\r\nthe spare keys hang behind the blue door.\r\n\r\nInes"),
}


def attachment(name: str, content: bytes) -> dict[str, bytes]:
    return {**text_property(0x3707, name), "__substg1.0_37010102": content}


def test_a_message_of_outlook_is_read_as_mail_is() -> None:
    parsed = read("a.msg", ole_file(MESSAGE))
    assert parsed.title == "Keys of the boat house"
    assert "From: Ines Roca <ines@boats.example>\nTo: Tom Vale\nDate: Mon, 01 Jan 2024 00:00:00 +0000" in parsed.text
    assert ("paragraph", "the spare keys hang behind the blue door.") in blocks(parsed)


def test_what_is_attached_is_read_by_its_own_parser() -> None:
    inner = {
        **text_property(0x0037, "Older message"),
        **text_property(0x1000, "The oars are in the loft."),
        **sent_at(_TICKS),
    }
    content = {
        **MESSAGE,
        "__attach_version1.0_#00000000": attachment("rates.csv", b"Boat,Rate\nCanoe,12\nKayak,15\n"),
        "__attach_version1.0_#00000001": attachment("key.bin", b"\x89PNG\r\n\x1a\n" + bytes(40)),
        "__attach_version1.0_#00000002": {"__substg1.0_3701000D": inner},
    }
    parsed = read("a.msg", ole_file(content))
    assert "Boat: Canoe; Rate: 12." in parsed.text
    assert "The oars are in the loft." in parsed.text
    assert any("key.bin" in note for note in parsed.notes)


def test_html_alone_is_the_text() -> None:
    html = {"__substg1.0_10130102": b"<p>Bring <b>ropes</b> on Friday.</p>"}
    content = {name: stream for name, stream in MESSAGE.items() if "_1000" not in name} | html
    assert "Bring ropes on Friday." in read("a.msg", ole_file(content)).text


def test_a_message_cut_off_is_refused_in_a_line() -> None:
    content = ole_file(MESSAGE)
    for length in (600, 1100, 1600, 2000):
        with pytest.raises(Unreadable, match=r"Outlook|old Office"):
            read("a.msg", content[:length])


def test_a_message_with_rich_text_alone_says_so() -> None:
    content = {name: stream for name, stream in MESSAGE.items() if "_1000" not in name}
    parsed = read("a.msg", ole_file({**content, "__substg1.0_10090102": b"LZFu" * 20}))
    assert parsed.notes == ["its text is kept as compressed RTF only, which is not read: save it as .eml"]
