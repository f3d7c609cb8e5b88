"""Which corrections are learnt from, and what both models are asked: corrections held out, or a file's questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...evaluation import EvalDoc, EvalQuestion, EvalSet
from ...feedback import FeedbackEvent
from ..data import Correction, already_learned, check_trainable, collect_corrections, held_out_folds
from ..methods import Base
from .adapter_folder import read_learned_from
from .workspace import Workspace


@dataclass(frozen=True, slots=True)
class HeldOut:
    """`folds`: the corrections that are held out, each fold by itself; none where a file is measured on."""

    corrections: Sequence[Correction]  # learnt from, by the adapter that may be put to work
    folds: Sequence[Sequence[Correction]]
    left_out: dict[str, int]
    evaluated: EvalSet
    old: int = 0  # how many of the questions the adapter in use has learnt from

    @property
    def held_out(self) -> list[Correction]:
        return [correction for fold in self.folds for correction in fold]

    @property
    def description(self) -> str:
        """What is learnt from and asked, for whoever waits."""
        folds = f", in {len(self.folds)} folds" if len(self.folds) > 1 else ""
        how = folds or (", by an adapter that has not learnt from them" if self.folds else "")
        old = f" The adapter in use knows {self.old} of them: it is harder to beat than it should be." if self.old else ""
        questions = len(self.evaluated.questions)
        return f"{len(self.corrections)} corrections; measured on {questions} questions{how}.{old}"


def hold_out(events: Sequence[FeedbackEvent], workspace: Workspace, base: Base, data: EvalSet | None, seed: int) -> HeldOut:
    """Of the corrections in `events`; measured on the questions of `data`, where it is given.

    Raises:
        TooLittle: there is too little to learn from.
    """
    questions = (*(data.questions if data else ()), *workspace.general.questions)
    corrections, left_out = collect_corrections(events, workspace.style, [question.question for question in questions])
    check_trainable(corrections, left_out)
    if data is not None:
        return HeldOut(corrections, [], left_out, data)
    active = workspace.registry.active(base.name)
    folder = workspace.registry.path(active.adapter_id).parent if active is not None else None
    learned_from = read_learned_from(folder) if folder is not None else frozenset()
    if learned_from is None:  # an earlier version's: it may have learnt from each
        learned_from = frozenset(correction.group for correction in corrections)
    folds = held_out_folds(corrections, learned_from, seed)
    held_out = [correction for fold in folds for correction in fold]
    old = already_learned(corrections, learned_from)
    evaluated = evaluation_set(held_out, corrections)
    return HeldOut(corrections, folds, left_out, evaluated, sum(correction.event_id in old for correction in held_out))


def evaluation_set(held_out: Sequence[Correction], corrections: Sequence[Correction]) -> EvalSet:
    """The corrections `held_out` as an evaluation set, over the passages of all `corrections`; the one cited comes first."""
    texts = list(dict.fromkeys(text for correction in corrections for text in correction.passages))
    names = {text: str(at) for at, text in enumerate(texts)}
    questions = [
        EvalQuestion(
            correction.event_id,
            correction.question,
            [correction.answer],
            {names[text]: 1 for text in correction.answering_passages},
        )
        for correction in held_out
    ]
    return EvalSet([EvalDoc(name, text) for text, name in names.items()], questions)
