"""Text is read as it was written, whatever encoding it is in and whatever a terminal or a printer left in it."""

import pytest
from ayllu.retrieval.documents.parsers import Unreadable
from ayllu.retrieval.documents.parsers.encoding import decode, decode_start

GERMAN = "Für den Schlüssel der Bücherei zahlt man täglich fünf Euro."
FRENCH = "La bibliothèque est fermée le mardi, où que l'on soit inscrit."
POLISH = "Za zgubioną kartę płaci się pięć złotych, za spóźnienie złotówkę."
CZECH = "Knihovna je v úterý zavřená, příliš žluťoučký kůň pěl."
RUSSIAN = "Печь для обжига работает по вторникам. Дежурный гончар Иван."
UKRAINIAN = "За втрачену картку треба заплатити п'ять євро, її видають у вівторок."
GREEK = "Η βιβλιοθήκη είναι κλειστή την Τρίτη. Για χαμένη κάρτα πληρώνετε."
HEBREW = "הספרייה סגורה ביום שלישי. עבור כרטיס אבוד משלמים."
ARABIC = "تغلق المكتبة أبوابها يوم الثلاثاء"
TURKISH = "Kütüphane salı günleri kapalıdır. Kaybolan kart için beş lira ödenir."
CHINESE = "图书馆每周二闭馆。借书卡丢失需缴纳补办费。"
TRADITIONAL = "圖書館每週二閉館。借書證遺失要繳補發費。"
JAPANESE = "図書館は火曜日に休館します。貸出カードを紛失した場合は再発行料がかかります。"
KOREAN = "도서관은 화요일에 쉽니다. 잃어버린 카드는 다시 만들어야 합니다."


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        (GERMAN, "cp1252 mac_roman cp437 cp850"),
        (FRENCH, "cp1252 mac_roman cp850"),
        ("The naïve visitor pays € 12 at the café – “no change given”.", "cp1252"),
        ("It’s closed on Tuesdays.", "cp1252"),
        (POLISH, "cp1250 iso8859-2 cp852"),
        (CZECH, "cp1250 iso8859-2 cp852"),
        (RUSSIAN, "cp1251 koi8-r cp866 iso8859-5 mac_cyrillic"),
        (UKRAINIAN, "cp1251 koi8-u"),
        (GREEK, "cp1253 iso8859-7"),
        (HEBREW, "cp1255"),
        (ARABIC, "cp1256 iso8859-6"),
        (TURKISH, "cp1254"),
        (CHINESE, "gb2312 gb18030"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis euc_jp iso2022_jp"),
        (KOREAN, "euc_kr"),
    ],
)
def test_the_encodings_of_old_are_told_apart(text: str, encodings: str) -> None:
    for encoding in encodings.split():
        assert decode(f"{text}\n{text}".encode(encoding)) == f"{text}\n{text}", encoding


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32"]
)
def test_unicode_is_read_with_a_mark_and_without(encoding: str) -> None:
    text = "The kiln is fired on Tuesdays.\r\nCzęść – 1240 degrees.\r\n"
    assert decode(text.encode(encoding)) == text.replace("\r\n", "\n")
    assert decode_start(text.encode(encoding)).startswith("The kiln is fired on Tuesdays.\n")


@pytest.mark.parametrize("share", [0, 0.5, 1])
@pytest.mark.parametrize("text", [JAPANESE, "The potter’s wheel – it’s on Tuesday. Café, naïve. "])
def test_a_bad_byte_costs_one_character_wherever_it_stands(text: str, share: float) -> None:
    content = (text * 20).encode()
    at = round(20 * share) * len(text.encode())
    read = decode(content[:at] + b"\xff" + content[at:])
    assert read.replace("\ufffd", "") == text * 20
    assert read.count("\ufffd") == 1


def test_a_text_cut_off_within_a_character_is_still_utf_8() -> None:
    assert decode("zehn bis zwö".encode()[:-1]) == "zehn bis zw\ufffd"


def test_what_comes_late_in_a_long_file_counts() -> None:
    content = b"Nothing but plain letters in this line.\n" * 5_000
    assert decode(content + FRENCH.encode("cp1252")).endswith(FRENCH)
    assert decode(content + FRENCH.encode()).endswith(FRENCH)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"Kiln\r\nGlaze\rClay\x1a", "Kiln\nGlaze\nClay"),
        (
            b"Kiln log\x00\nline two\x00with a gap, and as long as a line of a log is",
            "Kiln log\nline two with a gap, and as long as a line of a log is",
        ),
        (b"\x1b[31mERROR\x1b[0m E-4021 \x1b]0;title\x07low", "ERROR E-4021 low"),
        (b"N\x08NA\x08AM\x08ME\x08E _\x08f_\x08i_\x08l_\x08e", "NAME file"),
        (
            b"bell\x07 and more text so that it is not binary at all, as in a log of a terminal",
            "bell and more text so that it is not binary at all, as in a log of a terminal",
        ),
    ],
)
def test_what_only_a_terminal_understands_is_gone(content: bytes, text: str) -> None:
    assert decode(content) == text


@pytest.mark.parametrize("content", [bytes(range(256)) * 20, bytes(5_000) + b"a", b"\x01\x02\x03\x04text\x05"])
def test_what_is_not_text_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="binary"):
        decode(content)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [CHINESE, TRADITIONAL, JAPANESE, KOREAN])
def test_few_zero_bytes_are_enough_to_know_a_text_without_a_mark(text: str, encoding: str) -> None:
    assert decode(f"{text}\n开门 A1\n{text}\n".encode(encoding)) == f"{text}\n开门 A1\n{text}\n"


@pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
def test_a_table_in_japanese_has_no_kana(encoding: str) -> None:
    table = "都市,料金\n東京,三百円\n大阪,二百円\n"
    assert decode(table.encode(encoding)) == table
