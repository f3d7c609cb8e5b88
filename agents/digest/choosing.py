"""Which documents a question about whole documents means: those it names, the one that is spoken of, or all there are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...retrieval import SourceInfo
from ..asking import Extent
from ..reading import name_of

_MOST_NAMED = 5  # documents that a few words may name together ("the minutes")
_MOST_AT_ONCE = 3  # documents that are all meant where nobody says which
_WORKS = frozenset(  # what documents are called: beside it, a word of a title is a name and no subject
    """handbook manual guide report minutes contract agreement policy paper article book letter statute statutes thesis notes
    protocol brochure leaflet readme faq agenda invoice catalogue catalog handbuch bericht protokoll vertrag anleitung manual
    informe contrato acta guía manuel rapport contrat guide verbale rapporto contratto relatório contrato""".split()
)
_ARTICLES = frozenset(
    "a an the my our your this that der die das den dem el la los las le les l il lo i gli o os as".split()
)
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Chosen:
    """`documents` to read, in their order. Without any, `candidates` are those among which the person has to say."""

    documents: tuple[SourceInfo, ...] = ()
    candidates: tuple[str, ...] = ()
    named: bool = True  # False: no document goes by the words that might have named it


def choose_documents(extent: Extent, sources: Sequence[SourceInfo], cited: Sequence[str]) -> Chosen | None:
    """What of `sources` is meant; None where the words name a subject, and no document.

    `cited`: the sources of the latest answer, the first cited first.
    """
    if not sources:
        return None
    if extent.document:
        named = _named(extent.document, sources)
        if named:
            return Chosen(tuple(named))
        return Chosen(tuple(sources), named=False) if extent.form == "list" and extent.every else None
    if extent.refers == "all" or (extent.form == "list" and not extent.refers) or len(sources) == 1:
        return Chosen(tuple(sources))
    spoken_of = [source for source in sources if cited and source.source == cited[0]]
    if spoken_of:
        return Chosen(tuple(spoken_of))
    if extent.every and len(sources) <= _MOST_AT_ONCE:
        return Chosen(tuple(sources))
    return Chosen(candidates=tuple(title_of(source) for source in sources))


def title_of(source: SourceInfo) -> str:
    """Its title, and where it has none its file's name."""
    return source.title or name_of(source.source).rpartition("/")[2]


def _named(words: str, sources: Sequence[SourceInfo]) -> list[SourceInfo]:
    wanted = words.strip().casefold()
    exact = [source for source in sources if wanted in (source.source.casefold(), _file(source))]
    if exact:
        return exact
    spoken = _content(wanted)
    if not spoken:
        return []
    equal = [source for source in sources if spoken in (_content(_stem(source)), _content(source.title))]
    if equal:
        return equal
    if not set(spoken) & _WORKS:
        return []
    within = [source for source in sources if set(spoken) <= {*_content(_stem(source)), *_content(source.title)}]
    return within if len(within) <= _MOST_NAMED else []


def _file(source: SourceInfo) -> str:
    return name_of(source.source).rpartition("/")[2].casefold()


def _stem(source: SourceInfo) -> str:
    return re.sub(r"(?<=.)\.\w{1,5}$", "", _file(source))


def _content(words: str) -> list[str]:
    return [word for word in _WORD.findall(words.casefold()) if word not in _ARTICLES]
