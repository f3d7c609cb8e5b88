"""A model's own refusal: NOT IN THE DOCUMENTS, where it was told that it may write so, or the like in its own way.

Seen of models: bold, in quotation marks, in small letters, with a mark after it, behind "Answer:", with a sentence that says
why, as "The passages do not mention …", and the like in the language of the question. A refusal beside statements that have
marks, or that the passages support, is a part of an answer, and none.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from .refusals_abroad import denies_abroad

_DOCUMENTS = "(?:documents?|passages?|texts?|contexts?|sources?|excerpts?|materials?|documentos?|dokumenten?|pasajes?)"
_WHICH = "(?:(?:the|these|those|any|of|your|my|our|given|provided|numbered|supplied|above|available) ){0,4}"
_NOT = "(?:(?:do|does|did|can|could) ?(?:not|n t)|(?:don|doesn|didn|can|couldn) t|cannot|never)"
_SAYS = (
    "(?:contain|hold|mention|say|state|provide|include|answer|specify|give|tell|address|discuss|describe|cover|indicate"
    "|explain|list|offer|speak|refer|reveal|name)"
)
_SAYING = (
    "(?:find|found|answer|answered|tell|say|determine|determined|mentioned|stated|given|contained|specified|provided|included"
    "|described|available|covered|discussed|explained|addressed|present|listed|named|recorded)"
)
_NOTHING = r"(?:nothing|nowhere|no (?:\w+ ){0,3}?(?:information|answer|mention|details?|evidence|data|reference))"
_CAPITALS = re.compile(r"\bNOT IN (?:THE )?(?:DOCUMENTS?|PASSAGES?)\b")
_SIGNAL = re.compile(rf"(?:\w+ ){{0,5}}not (?:{_SAYING} )?in {_WHICH}{_DOCUMENTS}")
_DENIALS = [
    re.compile(rf"\b{_DOCUMENTS}(?: (?!but\b)\w+){{0,3}} {_NOT}(?: \w+){{0,2}} {_SAYS}\b"),
    re.compile(rf"\b{_DOCUMENTS}(?: \w+)? (?:has|have|{_SAYS}s?) (?:no|nothing|neither)\b"),
    re.compile(
        rf"\b(?:(?:not|cannot|t) (?:\w+ ){{0,2}}?{_SAYING}|{_NOTHING})(?: \w+){{0,12}} (?:in|from|by|within|among|based on)"
        rf" {_WHICH}{_DOCUMENTS}\b"
    ),
    re.compile(
        rf"^(?:(?:i m|i am) )?(?:sorry )?(?:(?:but|unfortunately) )?i {_NOT} (?:know|answer|find|tell|say|determine)\b"
    ),
]
_MARK = re.compile(r"\[\d{1,4}\]")
_SENTENCE_END = re.compile(r"(?<=[.!?;])[\s*_\"'”’»)]+|\n\s*\n|\n(?=\s*[-*•\d])")


def is_refusal(draft: str, supported: Collection[str] = ()) -> bool:
    """Whether a draft says that the documents do not answer, and nothing else that counts.

    `supported`: of its statements those that the passages support.
    """
    if _CAPITALS.search(re.sub(r"[\s*_~`]+", " ", draft)):
        return True
    sentences = [sentence for sentence in _SENTENCE_END.split(draft) if _words(sentence)]
    if any(_SIGNAL.fullmatch(_words(sentence)) for sentence in (draft, *sentences)):
        return True
    denied = [_denies(sentence) for sentence in sentences]
    counts = any(
        _MARK.search(sentence) for sentence, is_denied in zip(sentences, denied, strict=True) if not is_denied
    ) or not all(_denies(statement) for statement in supported)
    return any(denied) and not counts


def _denies(sentence: str) -> bool:
    words = _words(sentence)
    return any(denial.search(words) for denial in _DENIALS) or denies_abroad(words)


def _words(text: str) -> str:
    """In small letters, without marks, markdown and punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", _MARK.sub(" ", text)).lower().split())
