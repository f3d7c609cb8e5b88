"""Text from before Unicode: of the encodings that can hold it, the one in which it looks most like a language.

A wrong encoding shows rare characters where a language has its common ones, and marks or capitals inside words. Only the
lines that have more than ASCII say anything, so that those are looked at, wherever in a file they stand.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

_SAMPLE = 65_536  # bytes
_LINES = re.compile(rb"[^\r\n]{0,200}[\x80-\xff][^\r\n]{0,200}")
_LONGEST_RUN = 3  # letters beyond ASCII that follow each other in a language that has few
_BEYOND = re.compile("[^\x00-\x7f]+")
_ENOUGH = 0.12  # share of common characters below which nothing is certain

# Alphabets beyond ASCII of languages that share an encoding; a text is in one of them.
_WESTERN = ("äöüß", "éèêëàâîïôöûùüçœæñ", "áéíóúñü¿¡ªº", "ãõçáéíóúâêôà", "àèéìòù", "åäöæøéü", "ëïéèüöó", "áðéíóúýþæö")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž")
_TURKISH = ("çğıöşüâîİ",)
_BALTIC = ("āčēģīķļņšūž", "ąčęėįšųūž", "äõöüšž")
_MARKS = "“”‘’„‚–—…€£©®°§«»·•´½¼¾±×²³µ†‰™\u00a0"
_RUSSIAN = "оеаинтсрвлкмдпуяы"
_GREEK = "αοιεστνηυρπκμλωάίόέήύώς"
_HEBREW = "יהולאתרבשמנםדק"
_ARABIC = "اليمونترةبعدكفسقحأ"
_THAI = "นารกอเงมยลวดทสตะปบคหแจพชขใไโผ่้ีั"
_KANA = "".join(map(chr, range(0x3041, 0x30FF))) + "、。「」・ー"
_KANJI = (  # of labels and tables, which have no other letters
    "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木車南万毎白天火右左休父母雨市"
    "区都府県町村京阪料館場室開閉名前価格番号住所合計数量曜図説明会社員駅店品"
)
_SIMPLIFIED = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如"
    "水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气"
    "第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手"
    "，。、：；“”（）《》年月日号室周点开放费钱元馆书店市区时请"
)
_TRADITIONAL = (
    "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經十三之進著等部度家電力裡如"
    "水化高自二理起小物現實加量都兩體制機當使點從業本去把性好應開它合還因由其些然前外天政四日那社義事平形相全表間樣與關各重新線內數正心反你明看原又麼利比或但質氣"
    "第向道命此變條只沒結解問意建月公無系軍很情者最立代想已通並提直題黨程展五果料象員革位入常文總次品式活設及管特件長求老頭基資邊流路級少圖山統接知較將組見計別她手"
    "，。、：；「」（）《》年月日號室週點開放費錢元館書店市區時請"
)
_HANGUL = "이다의는에을를가고하지기사로한인아은도나있어대리서자수라그해일시정여부과보만제전성주스장우구상무동원"


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    score: Callable[[str], float]  # 0 to about 1: how much a text looks like a language that it is used for


def _by_alphabets(*alphabets: str) -> Callable[[str], float]:
    """Letters beyond ASCII are those of a single language, and stand among those of ASCII; marks stand where marks do."""
    sets = [frozenset(alphabet + alphabet.upper()) for alphabet in alphabets]

    def score(text: str) -> float:
        beyond, marks = 0, 0.0
        good = [0] * len(sets)
        for match in _BEYOND.finditer(text):
            run, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
            beyond += len(run)
            for at, letter in enumerate(run):
                previous, following = run[at - 1] if at else before, run[at + 1] if at + 1 < len(run) else after
                if not letter.isalpha():
                    marks += _stands_well(letter, previous, following)
                elif len(run) < _LONGEST_RUN and not (letter.isupper() and previous.islower()):
                    for number, alphabet in enumerate(sets):
                        good[number] += letter in alphabet
        return float(((max(good) + marks) / beyond) ** 2)

    return score


def _stands_well(mark: str, previous: str, following: str) -> float:
    if mark not in _MARKS:
        return 0.0
    if mark in "“‘„‚«":
        return 0.0 if previous.isalpha() else 1.0
    if mark == "’":
        return 1.0 if previous.isalpha() or following.isalpha() else 0.5
    return 0.0 if previous.isalpha() and following.isalpha() and mark not in "–—\u00a0·" else 1.0


def _by_common(common: str, script: str, usual: float) -> Callable[[str], float]:
    """A good part of the letters are common ones, `usual` of them in most texts; nearly all match `script`, a class."""
    letters = frozenset(common)
    of_script = re.compile(f"[{script}]")
    beside_ascii = re.compile(f"[a-zA-Z][{script}]|[{script}][a-zA-Z]")

    def score(text: str) -> float:
        beyond = [letter for letter in text if letter > "\x7f"]
        known = len(of_script.findall(text)) + sum(
            letter in _MARKS or (letter in letters and not of_script.match(letter)) for letter in beyond
        )
        capitals = sum(b.isupper() and a.islower() for a, b in itertools.pairwise(text))
        mixed = len(beside_ascii.findall(text)) if usual > _OF_HAN else 0
        share = sum(letter in letters for letter in beyond) / len(beyond)
        return min(1.0, share / usual) * (known / len(beyond)) ** 2 * (1 - min(1.0, 3 * (mixed + capitals) / len(beyond)))

    return score


_OF_HAN = 0.45
_CYRILLIC = "а-яА-ЯёЁіїєґўІЇЄҐЎ"
_ENCODINGS = (  # of equals the first is taken
    _Encoding("cp1252", _by_alphabets(*_WESTERN)),
    _Encoding("cp1250", _by_alphabets(*_CENTRAL)),
    _Encoding("iso8859-2", _by_alphabets(*_CENTRAL)),
    _Encoding("cp1254", _by_alphabets(*_TURKISH)),
    _Encoding("cp1257", _by_alphabets(*_BALTIC)),
    _Encoding("mac_roman", _by_alphabets(*_WESTERN)),
    _Encoding("cp437", _by_alphabets(*_WESTERN)),
    _Encoding("cp850", _by_alphabets(*_WESTERN)),
    _Encoding("cp852", _by_alphabets(*_CENTRAL)),
    _Encoding("cp1251", _by_common(_RUSSIAN, _CYRILLIC, 0.75)),
    _Encoding("koi8-u", _by_common(_RUSSIAN, _CYRILLIC, 0.75)),
    _Encoding("cp866", _by_common(_RUSSIAN, _CYRILLIC, 0.75)),
    _Encoding("iso8859-5", _by_common(_RUSSIAN, _CYRILLIC, 0.75)),
    _Encoding("mac_cyrillic", _by_common(_RUSSIAN, _CYRILLIC, 0.75)),
    _Encoding("cp1253", _by_common(_GREEK, "\u0370-\u03ff", 0.85)),
    _Encoding("iso8859-7", _by_common(_GREEK, "\u0370-\u03ff", 0.85)),
    _Encoding("cp1255", _by_common(_HEBREW, "\u0590-\u05ff", 0.75)),
    _Encoding("cp1256", _by_common(_ARABIC, "\u0600-\u06ff", 0.75)),
    _Encoding("iso8859-6", _by_common(_ARABIC, "\u0600-\u06ff", 0.75)),
    _Encoding("cp874", _by_common(_THAI, "\u0e00-\u0e7f", 0.75)),
    _Encoding("cp932", _by_common(_KANA + _KANJI, "\u3000-\u9fff\uff00-\uffef", 0.4)),
    _Encoding("euc_jis_2004", _by_common(_KANA + _KANJI, "\u3000-\u9fff\uff00-\uffef", 0.4)),
    _Encoding("gb18030", _by_common(_SIMPLIFIED, "\u3000-\u9fff\uff00-\uffef", 0.3)),
    _Encoding("big5hkscs", _by_common(_TRADITIONAL, "\u3000-\u9fff\uff00-\uffef", 0.3)),
    _Encoding("cp949", _by_common(_HANGUL, "\uac00-\ud7a3", 0.4)),
)


def decode_legacy(content: bytes) -> str | None:
    """Text of `content`, which is not UTF-8 and has bytes above ASCII; None where no encoding holds it."""
    name = _likeliest(_sample(content)) or _by_statistics(_sample(content))
    return None if name is None else content.decode(name, "replace")


def _sample(content: bytes) -> bytes:
    """Stretches with bytes above ASCII, from the beginning on."""
    parts, length = [], 0
    for match in _LINES.finditer(content):
        parts.append(match[0])
        length += len(match[0])
        if length > _SAMPLE:
            break
    return b"\n".join(parts)


def _likeliest(sample: bytes) -> str | None:
    scores: dict[str, float] = {}
    for encoding in _ENCODINGS:
        text = sample.decode(encoding.name, "replace")
        beyond = sum(letter > "\x7f" for letter in text)
        bad = text.count("\ufffd") + len(re.findall("[\x80-\x9f\ue000-\uf8ff]", text))
        if not beyond or bad > beyond / 50 + 1:
            continue
        scores[encoding.name] = encoding.score(text) - 2 * bad / beyond
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] >= _ENOUGH else None


def _by_statistics(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return None if best is None else best.encoding
