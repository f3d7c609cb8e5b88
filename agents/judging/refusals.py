"""A model's own refusal: it was told to write NOT IN THE DOCUMENTS, and writes that, or the like, in its own way.

Seen of models: bold, in quotation marks, in small letters, with a mark after it, behind "Answer:", with a sentence that says
why, and as "The passages do not mention …". A refusal beside statements with marks is a part of an answer, and none.
"""

from __future__ import annotations

import re

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
    re.compile(
        r"\b(?:no (?:está|se encuentra|aparece)\w*|nicht|pas|non|não)(?: \w+){0,6} (?:en los|in den|dans les|nei|nos) \w+$"
    ),
]
_MARK = re.compile(r"\[\d{1,4}\]")
_SENTENCE_END = re.compile(r"(?<=[.!?;])[\s*_\"'”’»)]+|\n\s*\n|\n(?=\s*[-*•\d])")


def is_refusal(draft: str) -> bool:
    """Whether a draft says that the documents do not answer, and nothing else that has a mark."""
    if _CAPITALS.search(re.sub(r"[\s*_~`]+", " ", draft)):
        return True
    sentences = [sentence for sentence in _SENTENCE_END.split(draft) if _words(sentence)]
    if any(_SIGNAL.fullmatch(_words(sentence)) for sentence in (draft, *sentences)):
        return True
    denied = [any(denial.search(_words(sentence)) for denial in _DENIALS) for sentence in sentences]
    return any(denied) and not any(
        _MARK.search(sentence) for sentence, is_denied in zip(sentences, denied, strict=True) if not is_denied
    )


def _words(text: str) -> str:
    """In small letters, without marks, markdown and punctuation."""
    return " ".join(re.sub(r"[\W_]+", " ", _MARK.sub(" ", text)).lower().split())
