"""What kind of answer a question wants."""

from __future__ import annotations

import re
from typing import Literal

from ...retrieval import split_sentences

Form = Literal["list", "comparison", "summary"]

_LONG = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:please\s+|can you\s+|could you\s+)*"
    r"(?:how (?:do|can|could|should|would|may|must) (?:i|you|we|one|someone|people|members)\b|how to\b|why\b"
    r"|what happens\b|what should\b|compare\b|summari[sz]e\b|describe\b|explain\b|list\b|outline\b"
    r"|tell me (?:about|more)|give (?:me )?(?:an? )?(?:summary|overview)"
    r"|what (?:are|is) the (?:difference|steps|rules|reasons?)\b)",
    re.IGNORECASE,
)
_OVERVIEW = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:please\s+|can you\s+|could you\s+)*"
    r"(?:compare|summari[sz]e|describe|explain|list|outline|tell me (?:more )?(?:about)?"
    r"|give (?:me )?(?:an? )?(?:short )?(?:summary|overview)(?: of)?|what (?:are|is) the differences? between)\b",
    re.IGNORECASE,
)
_BEGINS = r"^\s*(?:and\s+|so\s+|but\s+)?(?:please\s+|can you\s+|could you\s+)*"
_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (
        "comparison",
        re.compile(
            rf"{_BEGINS}(?:compare|contrast|what (?:are|is) the differences? between|how (?:do|does) .+ (?:differ|compare)\b"
            r"|vergleiche?\b|compara\b|comparez?\b|confronta\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "summary",
        re.compile(
            rf"{_BEGINS}(?:summari[sz]e|outline|give (?:me )?(?:an? )?(?:short )?(?:summary|overview)"
            r"|fasse? .+ zusammen|resume\b|resúme(?:me|n)?\b|résumez?\b|riassumi\b|resuma\b)",
            re.IGNORECASE,
        ),
    ),
    (
        "list",
        re.compile(
            rf"{_BEGINS}(?:list|enumerate|name all|which .+ are there\b"
            r"|what (?:are|is) (?:all )?the (?:steps|rules|reasons?)"
            r"|what (?:kinds|types|sorts) of\b|nenne alle|zähle .+ auf|enumera|énumère|elenca|liste\b)",
            re.IGNORECASE,
        ),
    ),
)
_DEFINITION = re.compile(
    r"^\s*(?:and\s+|so\s+|but\s+)?(?:what\s+(?:do|does|did)\s+.+\s+(?:do|mean|stand for)"
    r"(?:\s+(?:in|on|of|with|for)\s+(?:the\s+|an?\s+)?\S+)?"
    r"|what\s+(?:is|are)\s+(?:\S+\s+){1,8}(?<!ed )(?<!known )(?<!famous )(?<!responsible )(?<!good )for"
    r"|what(?:\s+is|\s+are|'s|’s)\s+(?:an?\s+|the\s+)?\S+(?:\s+(?:in|of)\s+\w+)?(?:\s+for)?"
    r"|define\s+.+|what is meant by\s+.+)\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_ASKS_WHETHER = frozenset(  # first words of questions that are answered by yes or no
    """is are was were am do does did can could may might must shall should will would has have had isn't aren't wasn't don't
    doesn't didn't can't ist sind war waren hat haben kann können darf dürfen muss müssen wird werden gibt est-ce peut-on
    puis-je peut-il faut-il y-a-t-il es está están hay puede pueden se è sono posso ci é há pode podem kan mag moet heeft
    mogen могу можно есть ли هل""".split()
)
_ASKS_WHETHER_WITHIN = re.compile(r"\bли\b|吗|嗎|-(?:t-)?(?:il|elle|on|ils|elles)\b")
_ASKS_KIND = re.compile(
    r"\b(?:what|which|who|whom|whose|where|when|why|how|wer|wen|wem|wo|wann|warum|wie|welche[rsmn]?|qué|quién|cuál|cuándo"
    r"|cuántos?|cuántas?|dónde|cómo|quand|où|comment|pourquoi|combien|quel(?:le)?s?|quoi|chi|dove|quando|quanto|quale|come"
    r"|wat|waar|wanneer|hoe|что|кто|когда|где|как|сколько|какой|почему)\b|什么|甚么|多少|[谁誰几哪何]",
    re.IGNORECASE,
)
_BARE_WORDS = 3
_MOST_ASKING = 4
_MARKS_OF_QUESTIONS = ("?", "？", "؟")
_WHY = re.compile(r"^\s*(?:and\s+|but\s+|so\s+)?why\b", re.IGNORECASE)


def asking_sentences(text: str) -> list[str]:
    """The last few sentences that ask, where it is not a single sentence ("That is fine. Can I pay online?"); else none."""
    sentences = [text[start:end] for start, end in split_sentences(text)]
    asking = [each for each in sentences if each.endswith(_MARKS_OF_QUESTIONS)] if len(sentences) > 1 else []
    return asking[-_MOST_ASKING:]


def wants_long(question: str) -> bool:
    """Whether a phrase cannot answer it ("how do I…", "why…", "compare…", "summarise…")."""
    return bool(_LONG.match(question))


def wants_overview(question: str) -> bool:
    """Whether it asks for all that is said of something ("summarise…", "compare…"), not for one thing about it."""
    return bool(_OVERVIEW.match(question))


def wanted_form(question: str) -> Form | None:
    """In which form it wants its answer, where it says so."""
    return next((form for form, pattern in _FORMS if pattern.search(question)), None)


def asks_definition(question: str) -> bool:
    """Whether it asks what something is, does or means, and nothing else of it, or is nothing but a name."""
    bare = len(question.split()) <= _BARE_WORDS and any(letter.isdigit() or letter in "-_" for letter in question)
    return bool(_DEFINITION.match(question)) or (bare and "?" not in question)


def asks_whether(question: str) -> bool:
    """Whether yes or no would answer it. What a phrase of the text says is then no answer, but a sentence is."""
    first = question.strip(" ¿¡\"'“‘«").partition(" ")[0].replace("’", "'").lower()
    if _ASKS_KIND.search(question):
        return False
    return first in _ASKS_WHETHER or bool(_ASKS_WHETHER_WITHIN.search(question.lower()))


def asks_why(question: str) -> bool:
    return bool(_WHY.match(question))


def subject(question: str) -> str:
    """What an overview is to be of: "summarise", "compare" and the like stand in no document. Others are unchanged."""
    rest = _OVERVIEW.sub("", question).strip()
    return rest if re.search(r"\w", rest) else question
