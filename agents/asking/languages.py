"""The language in which a question is asked: questions are short, and their own small words tell it best. And the one in
which a person wishes to be answered."""

from __future__ import annotations

import re
from collections.abc import Collection

from ...retrieval import detect_language

_WORD = re.compile(r"[^\W\d_]+")
# Words that questions are made of; of several languages alike where they are written alike
_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "what which who whom whose where when why how is are was were do does did can could may must should will the"
        " it they this that there of to for and list tell my we you or if with need",
        "de": "was wer wen wem wessen wo wann warum wieso wie wieviel welche welcher welches welchen ist sind war gibt kann"
        " darf muss der die das den dem des ein eine einen und für von nenne",
        "es": "qué quién quiénes cuál cuáles cuándo cuánto cuánta cuántos cuántas dónde cómo por es son era hay puede el la"
        " los las un una y para de del",
        "fr": "que quoi qui quel quelle quels quelles quand combien où comment pourquoi est sont était peut le la les un une"
        " et pour de des du qu",
        "it": "che chi cosa quale quali quando quanto quanta quanti quante dove come perché è sono era può il lo la i gli le"
        " un una e per di del della",
        "pt": "que quem qual quais quando quanto quanta quantos quantas onde como porque é são era há pode o a os as um uma"
        " e para de do da",
        "nl": "wat wie wanneer waar waarom hoe hoeveel welke welk is zijn was kan mag moet de het een en voor van",
        "pl": "co kto kogo kiedy gdzie dlaczego jak ile jaki jaka jakie który która które czy jest są był była i dla z",
        "ru": "что кто кого когда где почему как сколько какой какая какие который есть ли был была и для из",
    }.items()
}


def asked_in(question: str, known: Collection[str]) -> str:
    """Which of the `known` languages (ISO 639-1) a question is in; English where that is not clear."""
    detected = detect_language(question)
    if detected not in ("", "en"):
        return detected if detected in known else "en"
    spoken = {word.casefold() for word in _WORD.findall(question)}
    hits = {language: len(spoken & words) for language, words in _WORDS.items()}
    best = max(hits, key=lambda language: (hits[language], language == "en"))
    return best if hits[best] and best in known else "en"


_NAMED = {  # in English and in itself
    language: re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    for language, words in {
        "de": "german|deutsch(?:er|en)?|auf deutsch",
        "en": "english|englisch|inglés|anglais|inglese|inglês",
        "es": "spanish|español|castellano|spanisch",
        "fr": "french|français|französisch|francés",
        "it": "italian|italiano|italienisch",
        "ja": "japanese|日本語",
        "nl": "dutch|nederlands",
        "pl": "polish|po polsku|polski",
        "pt": "portuguese|português",
        "ru": "russian|по-русски|русский",
        "zh": "chinese|中文",
    }.items()
}
_REFUSED = re.compile(r"\b(?:not|never|don['’]?t|except|unless|nicht|nie|pas|no|translate)\b", re.IGNORECASE)


def wished_language(wishes: str) -> str:
    """ISO 639-1 of the language that somebody wants to be answered in; empty where they name none, or several."""
    sentences = [sentence for sentence in re.split(r"[.;!\n]", wishes) if not _REFUSED.search(sentence)]
    named = [language for language, name in _NAMED.items() if name.search("\n".join(sentences))]
    return named[0] if len(named) == 1 else ""
