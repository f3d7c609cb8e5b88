"""Questions that a search cannot answer, for they ask for all of a document: its summary, or everything of a kind in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

_BEGIN = r"^\s*(?:and\s+|so\s+|but\s+|now\s+)?(?:please\s+|can you\s+|could you\s+|would you\s+)*"
_BRIEF = r"(?:short |brief |quick |detailed |kurze |breve |court |petit )?"
_GIVE = r"(?:(?:give|write|make|show)(?: me| us)? )?"
_SUMMARY = re.compile(
    rf"{_BEGIN}(?:summari[sz]e|sum up|outline|tl;?dr:?"
    rf"|{_GIVE}(?:an? |the )?{_BRIEF}(?:summary|overview|outline)(?: of)?"
    r"|resume|resúme(?:me|n)?|(?:dame )?(?:un )?resumen de(?:l)?|résumez?|(?:fais )?(?:un )?résumé (?:de|du)"
    r"|riassumi|(?:fai )?(?:un )?riassunto (?:di|del)|resuma|(?:faça )?(?:um )?resumo (?:de|do|da)"
    rf"|{_GIVE}(?:eine )?{_BRIEF}zusammenfassung (?:von|des|der)|samenvatting van|vat)(?![\w-])\s*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_FRAMED = re.compile(rf"{_BEGIN}(?:fasse?|vat)\s+(?P<rest>.+?)\s+(?:zusammen|samen)\W*$", re.IGNORECASE | re.DOTALL)
_ABOUT = re.compile(
    rf"{_BEGIN}what(?:'s| is| does| do) (?P<rest>.+?) (?:all )?(?:about|say|contain)\s*\??\s*$", re.IGNORECASE | re.DOTALL
)
_EVERY = (
    r"(?:(?P<all>every(?: single)?|each|all(?: of)?(?: the| these| those)?|alle[rs]?|jede[nsrm]?"
    r"|tod[oa]s(?: l[oa]s| os| as)?|tou(?:s|tes)(?: les)?|tutt[ie](?: [ilg]\w*)?)\s+)"
)
_LISTING = r"(?:list|enumerate|name|find|show(?: me)?|give me|tell me|extract|nenne|liste|enumera|énumère|elenca|lista)"
_LIST = re.compile(rf"{_BEGIN}{_LISTING}(?: me)?\s+{_EVERY}?(?P<rest>.+)$", re.IGNORECASE | re.DOTALL)
_WHICH_ALL = re.compile(rf"{_BEGIN}what are {_EVERY}(?P<rest>.+)$", re.IGNORECASE | re.DOTALL)
_PLACE = re.compile(
    r"^(?P<topic>.+?)\s+(?:(?:(?:that )?(?:is|are) )?(?:named|mentioned|listed|given|found) )?"
    r"(?:in|from|within|of|aus|im|en|dans|nel|nella|em|no|na)\s+(?P<place>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_KIND = (
    r"(?:document|file|pdf|text|page|paper|article|report|book|chapter|website|web page|dokument|datei|buch|bericht"
    r"|documento|archivo|fichier|texto?|texte|testo|libro|livre|ficheiro|bestand)"
)
_KINDS = r"(?:documents|files|pdfs|texts|pages|papers|articles|reports|books|dokumente|documentos|documents|documenti)"
_THIS = re.compile(
    rf"(?:it|this|that|(?:(?:this|that|the|dieses?|das|este|esta|el|ce|cet|le|questo|il|o)\s+)?"
    rf"(?:whole |entire |full |ganze )?{_KIND}|(?:the )?(?:whole|entire) (?:thing|{_KIND})|(?:all of )?it(?: all)?)",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"(?:everything|all|them(?: all)?"
    rf"|(?:all(?: of)? )?(?:the|these|those|my|your|our|die|meine|mis|los|mes|les)?\s*{_KINDS})",
    re.IGNORECASE,
)
_CHOICE = re.compile(r"\s*\(([^()]+)\)[?.!]*$")  # what was meant, as it was said when that was asked back
_QUOTES = "\"'“”‘’«»`„"
_SPOKEN = re.compile(r"\s*[,;]?\s*(?:please|for me|in (?:a few|\w+) (?:words|sentences|bullet points))\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Extent:
    """What is wanted of documents from end to end.

    `document` is how they are named: a file, a title, or words that may be neither. Empty where `refers` says what is
    meant: the document that is spoken of ("this"), all there are ("all"), or nothing (""). Where no document is so named,
    `document` belongs to what is listed: `all_of_topic`.
    """

    form: Literal["summary", "list"]
    topic: str = ""  # what is listed, or what of a document is summed up; empty: all that it says
    document: str = ""
    refers: Literal["", "this", "all"] = ""
    every: bool = False  # nothing is to be left out
    all_of_topic: str = ""


def wanted_extent(question: str) -> Extent | None:
    """What of whole documents a question wants, as far as its words show; None where it wants passages."""
    text = " ".join(question.split())
    if (choice := _CHOICE.search(text)) is not None:
        extent = _extent(text[: choice.start()])
        return extent and (replace(extent, document=choice[1], refers="") if extent.refers == "this" else extent)
    return _extent(text)


def _extent(text: str) -> Extent | None:
    if (match := _FRAMED.match(text) or _SUMMARY.match(text)) is not None:
        return _summary(_tidy(match["rest"]))
    if (match := _ABOUT.match(text)) is not None:
        refers = _reference(_tidy(match["rest"]))
        return Extent("summary", refers=refers) if refers and _tidy(match["rest"]).lower() != "it" else None
    if (match := _LIST.match(text) or _WHICH_ALL.match(text)) is not None:
        return _list(_tidy(match["rest"]), every=match["all"] is not None)
    return None


def _summary(rest: str) -> Extent | None:
    rest = re.sub(r"^(?:of|me)\s+", "", rest, flags=re.IGNORECASE)
    if not rest:
        return Extent("summary", refers="this", every=True)
    if refers := _reference(rest):
        return Extent("summary", refers=refers, every=True)
    place = _PLACE.match(rest)
    if place is not None and (refers := _reference(_tidy(place["place"]))):
        return Extent("summary", topic=place["topic"], refers=refers)
    if place is not None and _looks_like_file(place["place"]):
        return Extent("summary", topic=place["topic"], document=_tidy(place["place"]))
    return Extent("summary", document=rest)


def _list(rest: str, *, every: bool) -> Extent | None:
    place = _PLACE.match(rest)
    if place is not None:
        where = _tidy(place["place"])
        refers = _reference(where)
        named = "" if refers else where
        return Extent("list", _bare(place["topic"]), document=named, refers=refers, every=every, all_of_topic=_bare(rest))
    return Extent("list", _bare(rest), every=every, all_of_topic=_bare(rest)) if every else None


def _reference(words: str) -> Literal["", "this", "all"]:
    if _ALL.fullmatch(words):
        return "all"
    return "this" if _THIS.fullmatch(words) else ""


def _looks_like_file(words: str) -> bool:
    return bool(re.search(r"\.\w{1,5}$", _tidy(words)))


def _bare(topic: str) -> str:
    return re.sub(r"^(?:the|of the|die|der|das|los|las|les|i|gli|le|os|as)\s+", "", topic.strip(), flags=re.IGNORECASE)


def _tidy(words: str) -> str:
    """Without what surrounds a name: quotation marks, a question mark, politeness."""
    return _SPOKEN.sub("", words.strip().rstrip("?!. ")).strip(_QUOTES + " ").rstrip(".") if words else ""
