"""What of a run without spaces is looked up: names of things whole and in parts, numbers and dates in one form.

All here works on text in NFKC, before stems are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HARD = re.compile(r"[\s()\[\]{}<>\"“”„«»‹›,;?!|*`\\^…—–·•。、，；：？！（）「」『』【】《》〈〉।॥=]+")
_MARKS = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0dff"  # belong to their letters
_MONEY = "$€£¥₹₽%‰°"
_GROUPED = re.compile(
    r"(\d{1,3}(?:,\d{3})+)(\.\d+)?|(\d{1,3}(?:\.\d{3})+)(,\d+)?|(\d{1,3}(?:'\d{3})+)([.,]\d+)?|(\d+),(\d+)"
)
_DOTTED = re.compile(r"[vV]?(\d+(?:\.\d+)+)([A-Za-z]\w*)?")
_AMOUNT = re.compile(r"(\d+)([^\W\d_]+)")
_SIGNED = re.compile(r"[^\W\d_]{1,3}(?:\+{1,2}|#)")  # C++, C#, g++
_OPTION = re.compile(r"--?[^\W\d_][\w-]*")
_DOT_NAME = re.compile(r"\.[^\W\d_]\w*")
_EDGES = "-_./:+#@&~'" + _MONEY
_BREAK = re.compile(rf"[^\w{_MARKS}]+|_+")
NO_WORD = re.compile(rf"[\d_]|[^\w{_MARKS}]")
_CAMEL = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_JOINT = re.compile(r"(?<!\d)[-_']+|[-_']+(?!\d)")  # not between two figures
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu)'(?=\w)|'s\b", re.IGNORECASE)
_PAIRED = re.compile(r"[\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+")
_TRIPLED = re.compile(r"[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]+")  # Thai, Lao, Burmese, Khmer
LAST = "_"  # stands after the last letter of a run, so that it too begins a pair
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar januari enero janvier gennaio janeiro январь января stycznia يناير",
            "february feb februar februari febrero février febbraio fevereiro февраль февраля lutego فبراير",
            "march mar märz marzo mars marts maart março март марта marca مارس",
            "april apr abril avril aprile апрель апреля kwietnia أبريل إبريل ابريل",
            "may mai mayo maggio maio mei maj май мая maja مايو",
            "june jun juni junio juin giugno junho июнь июня czerwca يونيو",
            "july jul juli julio juillet luglio julho июль июля lipca يوليو",
            "august aug augusti augustus agosto août август августа sierpnia أغسطس اغسطس",
            "september sep sept septiembre septembre settembre setembro сентябрь сентября września سبتمبر",
            "october oct oktober octubre octobre ottobre outubro октябрь октября października أكتوبر اكتوبر",
            "november nov noviembre novembre novembro ноябрь ноября listopada نوفمبر",
            "december dec dezember diciembre décembre dicembre dezembro декабрь декабря grudnia ديسمبر",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")
_BEFORE, _AFTER = 24, 10  # characters around a year that a date may take
_DATES = (
    re.compile(
        rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?P<name>{_MONTH})\b\.?,?\s+(?:de\s+|of\s+)?"
        r"(?P<year>[12]\d{3})(?!\d)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>[12]\d{{3}})(?!\d)", re.IGNORECASE
    ),
    re.compile(r"(?P<year>[12]\d{3})\s?[年년]\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号號]"),
    re.compile(r"(?<![\d./-])(?P<year>[12]\d{3})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\d/-])"),
    re.compile(r"(?<![\d./-])(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>[12]\d{3})(?![\d/-])"),
)
_DAYS_OF_MONTHS = (
    re.compile(rf"(?<![\d.,])(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?:of\s+|de\s+)?(?P<name>{_MONTH})\b", re.IGNORECASE),
    re.compile(rf"\b(?P<name>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\w.]*\d)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일号號]"),
)
_GAP = re.compile(r"\d \d{3}(?!\d)")
_SPACED = re.compile(r"(?<!\d )(?<!\d[.,] )(?<![\d.,/-])\d{1,3}(?: \d{3})+(?!\d)")


def split_token(token: str) -> Iterator[str]:
    """The pieces of a run without spaces: words, names and numbers, without the punctuation around them."""
    bare = token.strip("()[]{}<>\"'“”„«».,;:!?").strip(_MONEY).strip(".,;:!?()")
    if bare and bare[0].isdigit() and _GROUPED.fullmatch(bare):
        yield bare
        return
    for piece in _HARD.split(token.replace("\\", "/")):
        if piece := _trimmed(piece):
            yield piece


def split_piece(piece: str) -> Iterator[str]:
    """The forms under which a piece is looked up, the whole first; words still with their case."""
    if grouped := _GROUPED.fullmatch(piece):
        yield from _plain_number(piece, grouped)
        return
    if piece.isalpha() and piece.isascii():
        yield piece
        yield from (part for part in _camel(piece) if len(part) > 1)
        return
    for run in _PAIRED.findall(piece):
        yield from _grams(run, 2)
    for run in _TRIPLED.findall(piece):
        yield from _grams(run, 3)
    rest = _TRIPLED.sub(" ", _PAIRED.sub(" ", piece)) if not piece.isascii() else piece
    for name in rest.split():
        yield from _name_forms(name)


def find_dates(text: str) -> list[str]:
    """Each date of a text as `2021-04-05`; of 03/04/2021 the day comes first."""
    dates: dict[str, None] = {}
    for year in _YEAR.finditer(text):
        around = text[max(year.start() - _BEFORE, 0) : year.end() + _AFTER]
        for form in _DATES:
            for date in form.finditer(around):
                parts = date.groupdict()
                dates |= dict.fromkeys(_iso(parts["year"], _month(parts), int(parts["day"])))
    return list(dates)


def is_month(word: str) -> bool:
    """Whether it is the name of a month."""
    return word.lower() in _MONTHS


def find_days_of_months(text: str) -> list[str]:
    """Each day of a month that a text names, with a year or without, as `04-05`."""
    named = [each.groupdict() for form in _DAYS_OF_MONTHS for each in form.finditer(text)]
    days = [iso[5:] for each in named for iso in _iso("2000", _month(each), int(each["day"]))]
    return list(dict.fromkeys([*days, *(date[5:] for date in find_dates(text))]))


def find_spaced_numbers(text: str) -> list[str]:
    """Numbers whose thousands stand apart ("12 500"), without the spaces."""
    return [number.replace(" ", "") for number in _SPACED.findall(text)] if _GAP.search(text) else []


def _trimmed(piece: str) -> str:
    """Without the punctuation at its edges, but for what is part of a name: `--option`, `.NET`, `C++`."""
    stripped = piece.strip(_EDGES)
    if not stripped:
        return ""
    at = piece.find(stripped)
    before, after = piece[:at], piece[at + len(stripped) :]
    lead = before[-2:] if before.endswith("--") else before[-1:]
    if lead in ("-", "--", ".") and (_OPTION if lead != "." else _DOT_NAME).fullmatch(lead + stripped):
        return lead + stripped
    tail = after[:2] if after.startswith("++") else after[:1]
    return stripped + tail if tail and _SIGNED.fullmatch(stripped + tail) else stripped


def _name_forms(name: str) -> Iterator[str]:
    if _SIGNED.fullmatch(name):
        yield name
        return
    if name[0] in "-." and (_OPTION.fullmatch(name) or _DOT_NAME.fullmatch(name)):
        yield name
        if len(name) <= 2:
            return
        name = name.lstrip("-.")
    if dotted := _DOTTED.fullmatch(name):
        numbers = dotted[1].split(".")
        yield dotted[1] + (dotted[2] or "")
        yield from (".".join(numbers[:end]) for end in range(2, len(numbers) + (1 if dotted[2] else 0)))
        return
    if amount := _AMOUNT.fullmatch(name):
        yield from (name, amount[1], amount[2])
        return
    unelided = _ELIDED.sub("", name) or name
    parts = [part for part in _BREAK.split(unelided) if part]
    if len(parts) < 2:
        for part in parts:
            yield part
            yield from (piece for piece in _camel(part) if len(piece) > 1)
        return
    yield _JOINT.sub("", unelided)
    for part in parts:
        if len(part) > 1:
            yield part
            yield from (piece for piece in _camel(part) if len(piece) > 1)


def _camel(word: str) -> list[str]:
    """The parts of `CamelCase`; none where there is a single one."""
    if word.islower() or word.isupper() or word[1:].islower():
        return []
    parts = _CAMEL.split(word)
    return parts if len(parts) > 1 else []


def _plain_number(piece: str, grouped: re.Match[str]) -> Iterator[str]:
    """Without separators of thousands, and with a point before the fraction; "1.250" may also be what it looks like."""
    english, fraction, continental, cents, swiss, rest, units, decimals = grouped.groups()
    if units:
        yield f"{units}.{decimals}"
    else:
        number = re.sub(r"[.,']", "", english or continental or swiss)
        yield number + (fraction or cents or rest or "").replace(",", ".")
    if continental and not cents:
        yield continental


def _grams(run: str, size: int) -> Iterator[str]:
    closed = run + LAST
    yield from (closed[at : at + size] for at in range(max(len(closed) - size + 1, 1)))


def _month(parts: dict[str, str]) -> int:
    return int(parts.get("month") or _MONTHS[parts["name"].lower()])


def _iso(year: str, month: int, day: int) -> list[str]:
    if month > 12 >= day:
        month, day = day, month
    return [f"{year}-{month:02}-{day:02}"] if 1 <= month <= 12 and 1 <= day <= 31 else []
