"""Which corrections are learnt from, and what both models are asked: corrections and accepted answers held out, or a file's
questions; over what the person's own library finds for them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ...evaluation import LEAST_ACCEPTED, EvalDoc, EvalQuestion, EvalSet, Origin, Shares
from ...feedback import FeedbackEvent
from ..data import (
    AcceptedAnswer,
    Correction,
    already_learned,
    check_trainable,
    collect_accepted,
    collect_corrections,
    held_out_folds,
    judged_shares,
)
from ..methods import Base
from ..progress import Progress, silent
from .adapter_folder import read_learned_from
from .workspace import Search, Workspace

_MOST_ACCEPTED = 120
_ACCEPTED_EACH = 1  # asked for each correction that is: two cost as much time as the corrections again


@dataclass(frozen=True, slots=True)
class HeldOutPart:
    """What one adapter is asked, which has learnt from nothing of it."""

    corrections: Sequence[Correction]
    accepted: Sequence[AcceptedAnswer] = ()

    @property
    def names(self) -> set[str]:
        """Of the events."""
        return {correction.event_id for correction in self.corrections} | {answer.event_id for answer in self.accepted}


@dataclass(frozen=True, slots=True)
class HeldOut:
    """`parts`: what is held out, a part for each fold; none where a file is measured on.

    `answerable`: the corrections held out over no documents but those shown with corrections, of which can be told whether
    they answer.
    """

    corrections: Sequence[Correction]  # learnt from, by the adapter that may be put to work
    parts: Sequence[HeldOutPart]
    left_out: dict[str, int]
    evaluated: EvalSet
    answerable: EvalSet
    shares: Shares = Shares()  # noqa: RUF009 # frozen
    from_memory: Shares = Shares()  # noqa: RUF009 # of answers that memory gave
    old: int = 0  # how many of the questions the adapter in use has learnt from
    origins: Mapping[str, Origin] = field(default_factory=dict)  # of the questions, by id; those of a file have none
    units: Mapping[str, str] = field(default_factory=dict)  # their conversations

    @property
    def held_out(self) -> list[Correction]:
        return [correction for part in self.parts for correction in part.corrections]

    @property
    def accepted(self) -> list[AcceptedAnswer]:
        return [answer for part in self.parts for answer in part.accepted]

    @property
    def used(self) -> dict[str, Any]:
        """What of the log served for what, in numbers; and what did not, by reason."""
        origins = Counter(self.origins.values())
        return {
            "learnt_from": len(self.corrections),
            "asked": {name: origins[name] for name in ("corrected", "accepted", "sample")},
            "shares": asdict(self.shares),
            "from_memory": asdict(self.from_memory),
            "not_learnt_from": self.left_out,
        }

    @property
    def description(self) -> str:
        """What is learnt from and asked, for whoever waits."""
        folds = f", in {len(self.parts)} folds" if len(self.parts) > 1 else ""
        how = folds or (", by an adapter that has not learnt from them" if self.parts else "")
        old = f" The adapter in use knows {self.old} of them: it is harder to beat than it should be." if self.old else ""
        questions = len(self.evaluated.questions)
        of_accepted = f", {len(self.accepted)} of them of accepted answers" if self.accepted else ""
        return f"{len(self.corrections)} corrections; measured on {questions} questions{of_accepted}{how}.{old}{self._few}"

    @property
    def _few(self) -> str:
        origins = set(self.origins.values())
        if "corrected" not in origins or "sample" in origins or len(self.accepted) >= LEAST_ACCEPTED:
            return ""
        return (
            f" There are {len(self.accepted)} accepted answers, and {LEAST_ACCEPTED} are needed to judge an adapter: what is"
            " learnt stays a candidate. Rate answers that are right with F2."
        )


def hold_out(events: Sequence[FeedbackEvent], workspace: Workspace, base: Base, data: EvalSet | None, seed: int) -> HeldOut:
    """Of the corrections in `events`; measured on the questions of `data`, where it is given.

    Raises:
        TooLittle: there is too little to learn from.
    """
    avoid = data.questions if data else ()
    corrections, left_out = collect_corrections(events, workspace.style, avoid, workspace.embedder, workspace.mark)
    check_trainable(corrections, left_out)
    if data is not None:
        units = {question.id: question.unit or question.id for question in data.questions}
        from_memory = judged_shares(events, by_memory=True)
        return HeldOut(corrections, [], left_out, data, data, from_memory=from_memory, units=units)
    learned_from = _learned_from(workspace, base, corrections)
    folds = held_out_folds(corrections, learned_from, seed)
    held_out = [correction for fold in folds for correction in fold]
    most = min(_MOST_ACCEPTED, max(LEAST_ACCEPTED * 2, _ACCEPTED_EACH * len(held_out)))
    if all(correction.imported for correction in held_out):
        most = 0  # they are a fair sample by themselves
    accepted = collect_accepted(events, workspace.style, corrections, workspace.embedder, most, seed)
    old = already_learned(corrections, learned_from)
    questions = [correction.question for correction in held_out] + [answer.question for answer in accepted]
    return HeldOut(
        corrections,
        with_accepted(folds, accepted),
        left_out,
        evaluation_set(held_out, corrections, accepted, found_for(questions, workspace.search, workspace.progress)),
        evaluation_set(held_out, corrections),
        judged_shares(events),
        judged_shares(events, by_memory=True),
        sum(correction.event_id in old for correction in held_out),
        {
            **{each.event_id: "sample" if each.imported else "corrected" for each in held_out},
            **{each.event_id: "accepted" for each in accepted},
        },
        {
            **{correction.event_id: correction.group for correction in held_out},
            **{answer.event_id: answer.group for answer in accepted},
        },
    )


def with_accepted(folds: Sequence[Sequence[Correction]], accepted: Sequence[AcceptedAnswer]) -> list[HeldOutPart]:
    """Each accepted answer in the part that holds its conversation, where there is one; in the smallest otherwise."""
    parts: list[list[AcceptedAnswer]] = [[] for _ in folds]
    places = {correction.group: place for place, fold in enumerate(folds) for correction in fold}
    for answer in accepted:
        smallest = min(range(len(folds)), key=lambda place: len(parts[place]))
        place = places.setdefault(answer.group, smallest)
        parts[place].append(answer)
    return [HeldOutPart(fold, part) for fold, part in zip(folds, parts, strict=True)]


def evaluation_set(
    held_out: Sequence[Correction],
    corrections: Sequence[Correction],
    accepted: Sequence[AcceptedAnswer] = (),
    more: Sequence[str] = (),
) -> EvalSet:
    """The corrections `held_out` and the `accepted` answers as an evaluation set, over the passages of all `corrections`, of
    the accepted answers, and `more`; the ones cited come first.
    """
    shown = [text for correction in corrections for text in correction.passages]
    shown += [text for answer in accepted for text in answer.passages]
    texts = list(dict.fromkeys([*shown, *more]))
    names = {text: str(at) for at, text in enumerate(texts)}
    answering: list[tuple[Correction | AcceptedAnswer, Sequence[str]]] = []
    answering += [(correction, correction.answering_passages) for correction in held_out]
    answering += [(answer, answer.cited) for answer in accepted]
    questions = [
        EvalQuestion(each.event_id, each.question, [each.answer], {names[text]: 1 for text in passages})
        for each, passages in answering
    ]
    return EvalSet([EvalDoc(name, text) for text, name in names.items()], questions)


def found_for(questions: Sequence[str], search: Search | None, progress: Progress = silent) -> list[str]:
    """The passages of the person's library that could be taken for the answers: others cannot come before those."""
    if search is None:
        return []
    passages: dict[str, None] = {}
    for at, question in enumerate(questions, start=1):
        passages.update(dict.fromkeys(search(question)))
        progress("looking in the library", at, len(questions))
    return list(passages)


def _learned_from(workspace: Workspace, base: Base, corrections: Sequence[Correction]) -> frozenset[str]:
    """What the adapter in use has learnt from."""
    active = workspace.registry.active(base.name)
    folder = workspace.registry.path(active.adapter_id).parent if active is not None else None
    learned_from = read_learned_from(folder) if folder is not None else frozenset()
    if learned_from is None:  # an earlier version's: it may have learnt from each
        return frozenset(correction.group for correction in corrections)
    return learned_from
