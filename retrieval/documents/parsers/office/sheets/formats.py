"""Numbers as a spreadsheet shows them: by their number format (ECMA-376, part 1, 18.8.30 and 18.8.31).

The decimal sign is a full stop and groups are divided by commas, as the formats themselves are written; a date whose format
leaves the order to the reader's country is written year first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

_BUILT_IN = {
    **{
        0: "General",
        1: "0",
        2: "0.00",
        3: "#,##0",
        4: "#,##0.00",
        9: "0%",
        10: "0.00%",
        11: "0.00E+00",
        12: "# ?/?",
        13: "# ??/??",
    },
    **{14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm"},
    **{21: "h:mm:ss", 22: "yyyy-mm-dd h:mm", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)"},
    **{40: "#,##0.00;(#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: "@"},
}
_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P|General|[Ee][+-]0+|([ymdhsYMDHS])\1*|[0#?][0#?,]*(?:\.[0#?]*)?,*|\.0+|.',
    re.DOTALL,
)
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_CURRENCY = re.compile(r"^\[\$([^\]-]*)(?:-[^\]]*)?\]$")
_ELAPSED = re.compile(r"^\[(h+|m+|s+)\]$", re.IGNORECASE)
_LAST_DAY = 2_958_466  # of the year 9999
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)\]")


class NumberFormats:
    """The formats of a workbook. `codes`: its own by id; `of_styles`: the id of each cell style."""

    def __init__(self, codes: Mapping[int, str], of_styles: Sequence[int], *, since_1904: bool = False) -> None:
        self._codes = codes
        self._of_styles = of_styles
        self._epoch = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)

    def shown(self, value: float, style: int) -> str:
        """`value` as a cell of this style shows it."""
        number = self._of_styles[style] if 0 <= style < len(self._of_styles) else 0
        return shown(value, self._codes.get(number, _BUILT_IN.get(number, "General")), self._epoch)


def shown(value: float, code: str, epoch: datetime = datetime(1899, 12, 30)) -> str:
    """`value` in the format `code`; without one where the code makes no sense."""
    section, value = _section(code[:500], value)
    tokens = _tokens(section)
    if any((token[:1].lower() in "ymdhs" and token.lower() != "general") or _ELAPSED.match(token) for token in tokens):
        return _date(value, tokens, epoch)
    if not any(token[0] in "0#?." for token in tokens) or "/" in tokens:
        texts = [plain(value) if token == "General" else _literal(token) for token in tokens]
        if "General" in tokens or (
            texts and any(text.strip() for text in texts) and "@" not in tokens and "/" not in tokens
        ):
            return "".join(texts).strip()
        return plain(value)
    return _number(value, tokens)


def plain(value: float) -> str:
    """A number without a format: 15 digits are what a spreadsheet knows of it."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}"


def _section(code: str, value: float) -> tuple[str, float]:
    """The part of the code for a value of this size, and the value that it shows."""
    sections = _split(code)
    for section in sections[:2]:
        if (condition := _CONDITION.search(section)) is not None:
            limit = float(condition[2])
            holds = {"<": value < limit, ">": value > limit, "<=": value <= limit, ">=": value >= limit, "=": value == limit}
            if holds.get(condition[1], value != limit):
                return section, value
    if len(sections) > 1 and not any(map(_CONDITION.search, sections)):
        if value < 0:
            return sections[1], -value
        if value == 0 and len(sections) > 2:
            return sections[2], value
    return sections[0 if not _CONDITION.search(sections[0]) else min(2, len(sections) - 1)], value


@lru_cache(maxsize=512)
def _split(code: str) -> list[str]:
    sections, start = [], 0
    for match in _TOKEN.finditer(code):
        if match[0] == ";":
            sections.append(code[start : match.start()])
            start = match.end()
    return [*sections, code[start:]]


@lru_cache(maxsize=512)
def _tokens(section: str) -> tuple[str, ...]:
    return tuple(match[0] for match in _TOKEN.finditer(section))


def _literal(token: str) -> str:
    """What a token that is no placeholder prints."""
    if token.startswith('"'):
        return token[1:-1]
    if token.startswith("\\"):
        return token[1:]
    if token.startswith("_"):
        return " "
    if token.startswith(("*", "@")):
        return ""
    if token.startswith("["):
        match = _CURRENCY.match(token)
        return match[1] if match else ""
    return token


def _number(value: float, tokens: Sequence[str]) -> str:
    places = [at for at, token in enumerate(tokens) if token[0] in "0#?."]
    code = "".join(tokens[at] for at in places)
    stripped = code.rstrip(",")
    integer, _, decimals = stripped.partition(".")
    digits = min(sum(sign in "0#?" for sign in decimals), 20)
    optional = min(len(decimals) - len(decimals.rstrip("#?")), digits)
    scaled = value * 100 ** tokens.count("%")
    scaled /= 1000 ** min(len(code) - len(stripped), 5)
    if any(token[0] in "Ee" for token in tokens):
        return f"{value:.{digits}E}"
    text = f"{abs(scaled):{',' if ',' in integer else ''}.{digits}f}"
    if optional and "." in text:
        head, _, tail = text.partition(".")
        kept = tail[: digits - optional] + tail[digits - optional :].rstrip("0")
        text = f"{head}.{kept}" if kept else head
    width = min(integer.count("0"), 30)
    head, dot, tail = text.partition(".")
    text = (head.zfill(width) if "," not in head else head) + dot + tail
    if scaled < 0 and text.strip("0.,"):
        text = f"-{text}"
    prefix = "".join(map(_literal, tokens[: places[0]]))
    suffix = "".join(_literal(token) for at, token in enumerate(tokens) if at > places[0] and at not in places)
    return f"{prefix}{text}{suffix}".strip()


def _date(value: float, tokens: Sequence[str], epoch: datetime) -> str:
    if not 0 <= value < _LAST_DAY:
        return plain(value)
    seconds = round(value * 86400)
    moment = epoch + timedelta(seconds=seconds)
    half = any(token in {"AM/PM", "A/P"} for token in tokens)
    parts: list[str] = []
    time_before = False
    for at, token in enumerate(tokens):
        name = token.lower()
        if (elapsed := _ELAPSED.match(token)) is not None:
            unit = {"h": 3600, "m": 60, "s": 1}[elapsed[1][0].lower()]
            parts.append(str(seconds // unit))
            time_before = True
        elif token in {"AM/PM", "A/P"}:
            parts.append("AM" if moment.hour < 12 else "PM")
        elif name[0] in "ymdhs" and name != "general" and not token.startswith(('"', "\\")):
            minutes = name[0] == "m" and len(name) < 3 and (time_before or _seconds_follow(tokens, at))
            parts.append(_date_part("min" if minutes else name, len(name), moment, half))
            time_before = name[0] == "h"
        else:
            parts.append("" if token.startswith("[") else _literal(token) if token[0] not in "0#?" else "")
    return "".join(parts).strip().rstrip(".")


def _seconds_follow(tokens: Sequence[str], at: int) -> bool:
    """Whether the next part of a date is its seconds: `mm` before them are minutes."""
    following = (token.lower() for token in tokens[at + 1 :] if token[:1].lower() in "ymdhs" or _ELAPSED.match(token))
    return next(following, "").strip("[").startswith("s")


def _date_part(name: str, length: int, moment: datetime, half: bool) -> str:
    hour = (moment.hour - 1) % 12 + 1 if half else moment.hour
    if name == "min":
        return f"{moment.minute:0{length}}"
    match name[0]:
        case "y":
            return f"{moment.year:04}" if length > 2 else f"{moment.year % 100:02}"
        case "m":
            month = _MONTHS[moment.month - 1]
            return (f"{moment.month:0{length}}", month[:3], month)[max(0, min(length, 4) - 2)] if length < 5 else month[0]
        case "d":
            day = _DAYS[moment.weekday()]
            return (f"{moment.day:0{length}}", day[:3], day)[max(0, min(length, 4) - 2)]
        case "h":
            return f"{hour:0{length}}"
        case _:
            return f"{moment.second:0{min(length, 2)}}"
