"""What a person's judgements say of refusals and of passages: one label a question, their last word on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...feedback import FeedbackEvent, Said
from ..memory import normal_form, rejected_id
from .bias import JudgedRefusal
from .facts import Facts
from .fusion import JudgedRanking

_UP, _DOWN = ("up", 4, 5), ("down", 1, 2)
_PARTLY = ("partly", 3)


@dataclass(frozen=True, slots=True)
class Labels:
    """For one way of answering over some collections. `rated`: see `fit_bias`; `corrections`: that stand in the text."""

    refusals: Sequence[JudgedRefusal] = ()
    rated: Sequence[tuple[float, bool]] = ()
    rankings: Sequence[JudgedRanking] = ()
    corrections: int = 0


@dataclass(slots=True)
class Opinion:
    """What one person holds of one answer."""

    values: dict[str, Any] = field(default_factory=dict)  # by name of the statement
    preferred: bool | None = None  # to another answer, or another to it
    other: str = ""  # that it was compared with

    @property
    def wrong_marks(self) -> set[str]:
        return {name.partition(":")[2] for name in self.values if name.startswith("citation_wrong:")}


def opinions(statements: Sequence[Said], person: str) -> dict[str, Opinion]:
    """Those of `person`, by answer, oldest first; what nobody is known to have said is theirs."""
    held: dict[str, Opinion] = {}
    for each in statements:
        if each.person not in ("", person):
            continue
        if (rejected := rejected_id(each)) is not None:
            chosen = str(json.loads(each.value))
            for message_id, preferred, other in ((chosen, True, rejected), (rejected, False, chosen)):
                opinion = held.setdefault(message_id, Opinion())
                opinion.preferred, opinion.other = preferred, other
        else:
            opinion = held.pop(each.message_id, Opinion())
            opinion.values[each.name] = json.loads(each.value)
            held[each.message_id] = opinion
    return held


def collect_labels(held: Mapping[str, Opinion], facts: Mapping[str, Facts], *, embedder: str, prose: bool) -> Labels:
    """Of the answers that are among `facts`. The critic's are of one embedder and style; rankings are of that embedder."""
    refusals: dict[str, JudgedRefusal] = {}
    rankings: dict[str, JudgedRanking] = {}
    rated: list[tuple[float, bool]] = []
    corrections = 0
    for message_id, opinion in held.items():
        about = facts.get(message_id)
        if about is None:
            continue
        corrections += bool(about.corrected_from)
        if about.embedder != embedder:
            continue
        form = normal_form(about.question)
        if (ranking := label_ranking(opinion, about)) is not None:
            rankings.pop(form, None)
            rankings[form] = ranking
        if about.prose != prose:
            continue
        if (label := label_refusal(opinion, about, facts.get(opinion.other))) is not None:
            refusals.pop(form, None)
            refusals[form] = label
        elif about.judged and not about.abstained and (up := _thumb(opinion)) is not None:
            rated.append((about.seen, up))
    return Labels(list(refusals.values()), rated, list(rankings.values()), corrections)


def label_refusal(opinion: Opinion, about: Facts, other: Facts | None = None) -> JudgedRefusal | None:
    """Whether it was right to answer, where a bound of the critic's decides that; None: nothing of it can be learnt."""
    if not about.judged or not about.decided:
        return None
    answer = _should_answer(opinion, about, other)
    if answer is None:
        return None
    proven = about.abstained and bool(about.corrected_from)
    return JudgedRefusal(about.seen, about.bound, answer, proven, about.message_id)


def _should_answer(opinion: Opinion, about: Facts, other: Facts | None) -> bool | None:
    if about.abstained and "correction" in opinion.values:
        return True
    if "abstention" in opinion.values:  # of an answer: whether it would have been right to give none
        return bool(opinion.values["abstention"] == "wrong")
    if opinion.preferred is not None and other is not None and other.abstained != about.abstained:
        return opinion.preferred != about.abstained
    rating = opinion.values.get("rating")
    if not about.near_bound or rating is None:
        return None
    if about.abstained:
        return True if rating in _DOWN else False if rating in _UP else None
    return rating in _UP or rating in _PARTLY


def label_ranking(opinion: Opinion, about: Facts) -> JudgedRanking | None:
    """Which of the passages that the search placed first were right; None where nothing says so."""
    chunks = [chunk for chunk, _, _ in about.ranked]
    right = {about.corrected_from} if about.corrected_from and "correction" in opinion.values else set()
    liked = opinion.values.get("rating") in _UP or opinion.preferred is True
    if not right and liked and not about.abstained and "correction" not in opinion.values:
        right = {chunk for mark, chunk in (about.cited or {}).items() if mark not in opinion.wrong_marks}
    places = frozenset(chunks.index(chunk) for chunk in right if chunk in chunks)
    if not places or len(chunks) < 2:
        return None
    return JudgedRanking(np.array([[keyword, dense] for _, keyword, dense in about.ranked]), places, about.message_id)


def _thumb(opinion: Opinion) -> bool | None:
    rating = opinion.values.get("rating")
    return True if rating in _UP else False if rating in _DOWN else None


def why_no_label(about: Facts) -> str | None:
    """Why a judgement of a refusal, or of an answer that should have been one, moves nothing; None: it does."""
    if not about.judged:
        return "It was answered before the critic's figures were kept: ask again, and judge that."
    if about.decided:
        return None
    if not about.abstained:
        return "No bound of the critic's would have refused this answer: correct it, or rate it."
    return (
        "No bound of the critic's decided this: the model itself found no answer, or nothing could be quoted. Correct it in"
        " words of the document, and the question is answered so."
    )


def why_no_ranking(about: Facts) -> str | None:
    """Why it does not say which passage was right; None: it does."""
    if not about.ranked:
        return "How the searches placed its passages was not kept: it was not searched for by both, or earlier."
    return None


def judged_refusal(event: FeedbackEvent, facts: Sequence[Facts]) -> JudgedRefusal | None:
    """What `event` says of a refusal, by itself; None where that moves no bound. `facts`: of its answers."""
    about, held = _alone(event, facts)
    labels = [label_refusal(held[name], about[name], about.get(held[name].other)) for name in about if name in held]
    return next((label for label in labels if label is not None), None)


def judged_ranking(event: FeedbackEvent, facts: Sequence[Facts]) -> JudgedRanking | None:
    """What `event` says of the passages that were placed, by itself; None where that is nothing."""
    about, held = _alone(event, facts)
    rankings = [label_ranking(held[name], about[name]) for name in about if name in held]
    return next((ranking for ranking in rankings if ranking is not None), None)


def _alone(event: FeedbackEvent, facts: Sequence[Facts]) -> tuple[Mapping[str, Facts], Mapping[str, Opinion]]:
    statements = [
        Said(0, event.event_id, each.message_id, each.name, event.person, json.dumps(each.value))
        for each in event.statements()
        if each.value is not None
    ]
    return {each.message_id: each for each in facts}, opinions(statements, event.person)
