"""The days of the week that a text speaks of, in the languages of most documents.

"Monday to Friday" speaks of Wednesday too, and "daily" of each of them. Days are matched by the letters that all their
forms begin with, so that "mondays", "montags" and "по субботам" are days as well.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache

_WEEK = 7
_SPACED = (  # Monday to Sunday, of scripts that part words: languages by lines
    ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag"),
    ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    ("lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"),
    ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    ("måndag|mandag", "tisdag|tirsdag", "onsdag", "torsdag", "fredag", "lördag|lørdag", "söndag|søndag"),
    ("poniedział", "wtor(?:ek|k)", "śro?d[aęyo]", "czwart(?:ek|k)", "piąt(?:ek|k)", "sobot", "niedziel"),
    ("понедельник", "вторник", "сред(?:а|у|ы|е|ой|ам|ах)\\b", "четверг", "пятниц", "суббот", "воскресень"),
    ("понеділ", "вівтор", "серед(?:а|у|и|і)\\b", "четвер", "п'ятниц", "субот", "неділ"),
)
_ENDING = r"\w{0,4}"
_ARABIC = ("[اإ]ثنين", "ثلاثاء", "[أا]ربعاء", "خميس", "جمعة", "سبت", "[أا]حد")
_CHINESE = ("一", "二", "三", "四", "五", "六", "日天")
_JAPANESE, _KOREAN = "月火水木金土日", "월화수목금토일"
_SHORT = (  # in a list or a range alone: "Do" and "So" are words too
    ("Mon", "Tues?", "Wed", "Thu(?:rs?)?", "Fri", "Sat", "Sun"),
    ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс"),
)
_TO = (
    r"\s*(?:-|–|—|~|〜|to|through|thru|till|until|bis|a|al|à|au|às?|até|tot|til|do|по|до|إلى|至|到|から|부터)"
    r"\s*(?:the|el|le|la)?\s*"
)
_BETWEEN = re.compile(rf"(?:{_TO}|\s*[/,&+]\s*)")
_RANGE = re.compile(_TO)
_TIME = re.compile(r"\s*:|\s+\d")  # "Sat 9-17"
_ALL = re.compile(
    r"\b(?:daily|(?:every|each) day|seven days a week|täglich|jeden tag|a diario|diariamente|todos (?:los|os) d[ií]as"
    r"|tous les jours|ogni giorno|dagelijks|codziennie|ежедневно|каждый день|щодня|dagligen|dagligt)\b"
    r"|يومي|كل يوم|每天|每日|毎日|매일"
)
_WORKING = re.compile(
    r"\b(?:weekdays?|working days?|werktags|wochentags|laborables|en semaine|по будням|feriali)\b|平日|工作日|평일"
)
_WEEKEND = re.compile(r"\b(?:weekends?|week-ends?|wochenende|fin de semana|fine settimana|выходны[емх]\w*)\b|周末|週末|주말")


def _day_group(day: int) -> str:
    spaced = "|".join(f"(?:{language[day]}){_ENDING}" for language in _SPACED)
    chinese, japanese, korean = _CHINESE[day], _JAPANESE[day], _KOREAN[day]
    unspaced = rf"(?:ال|لل){_ARABIC[day]}|(?:星期|周|週|礼拜|禮拜)[{chinese}]|{japanese}曜日?|{korean}요일"
    return rf"(?P<d{day}>\b(?:{spaced})|{unspaced})"


_DAY = re.compile("|".join(_day_group(day) for day in range(_WEEK)))
_SHORT_DAY = re.compile(
    "|".join(rf"(?P<d{day}>\b(?:{'|'.join(language[day] for language in _SHORT)})\b\.?)" for day in range(_WEEK))
)


@lru_cache(maxsize=2_000)
def find_days(text: str) -> frozenset[int]:
    """The days that a text speaks of, Monday 0."""
    lower = text.lower()
    days = _of([(each, _number(each)) for each in _DAY.finditer(lower)], lower)
    short = [(each, _number(each)) for each in _SHORT_DAY.finditer(text)]
    listed = [pair for at, pair in enumerate(short) if _is_day(text, short, at)]
    days |= _of(listed, text)
    if _ALL.search(lower):
        days |= set(range(_WEEK))
    if _WORKING.search(lower):
        days |= set(range(5))
    if _WEEKEND.search(lower):
        days |= {5, 6}
    return frozenset(days)


def _of(matches: list[tuple[re.Match[str], int]], text: str) -> set[int]:
    days = {day for _, day in matches}
    for (before, first), (after, last) in itertools.pairwise(matches):
        if _RANGE.fullmatch(text[before.end() : after.start()]):
            days |= {day % _WEEK for day in range(first, last + (_WEEK if last < first else 0) + 1)}
    return days


def _is_day(text: str, short: list[tuple[re.Match[str], int]], at: int) -> bool:
    """Whether a short name stands next to another, or before a time."""
    day = short[at][0]
    if len(day[0].rstrip(".")) > 2 and _TIME.match(text, day.end()):
        return True
    pairs = [pair for pair in ((at - 1, at), (at, at + 1)) if pair[0] >= 0 and pair[1] < len(short)]
    return any(_BETWEEN.fullmatch(text[short[first][0].end() : short[second][0].start()]) for first, second in pairs)


def _number(match: re.Match[str]) -> int:
    return int(str(match.lastgroup)[1:])
