"""What is about to be trained, complete, and told before anything long begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...adapters import LearnedExtras
from ..data import (
    Correction,
    DatasetCard,
    Example,
    build_examples,
    dataset_card,
    indivisible_groups,
    split_corrections,
    token_rows,
)
from ..methods import (
    Base,
    Hyperparameters,
    ModelSize,
    TrainingOptions,
    choose_epochs,
    choose_hyperparameters,
    copy_tokenizer,
    describe,
    join_by_prefix,
    model_size,
    this_machine,
)
from .workspace import Workspace

VALIDATION_SHARE = 0.1
_VALIDATED_FROM = 200  # corrections to learn from, above which `improve` sets some aside to stop early by
_VALIDATED = 24  # corrections at most that are set aside
_DECLINES_FROM = 200  # examples of passages without the answer, from which on the model's word on others is taken


@dataclass(frozen=True, slots=True)
class Plan:
    """One training: on what, from what, how."""

    base: Base
    size: ModelSize
    examples: Sequence[Example]
    validated: Sequence[Example]
    card: DatasetCard
    settings: Hyperparameters

    @property
    def extras(self) -> LearnedExtras:
        """What is known of the adapter before it is measured."""
        return LearnedExtras(
            asks=any(example.asks for example in self.examples),
            declines=sum(example.declines for example in self.examples) >= _DECLINES_FROM,
        )

    @property
    def learned_from(self) -> list[str]:
        """The conversations, and the corrections in them, that are learnt from or tell when to stop."""
        examples = (*self.examples, *self.validated)
        return sorted({name for example in examples for name in (example.group, example.event_id)})

    @property
    def train_events(self) -> int:
        """How many events are learnt from; those that only tell when to stop are not."""
        return len({example.event_id for example in self.examples})

    @property
    def folder(self) -> str:
        """Under which this run stands while it is unfinished."""
        return self.card.sha256[:16]


def make_plan(
    workspace: Workspace,
    base: Base,
    examples: Sequence[Example],
    validated: Sequence[Example],
    card: DatasetCard,
    options: TrainingOptions,
) -> Plan:
    """Settings chosen, examples counted."""
    rows = token_rows(examples, copy_tokenizer(base.path))
    lengths = [len(row.ids) for row in rows]
    size = model_size(base.path)
    sequences = len(join_by_prefix(rows, max(lengths, default=0), size.architecture))
    settings = choose_hyperparameters(options, this_machine(options.device), size, lengths, sequences)
    card = replace(card, cut=sum(length > settings.max_tokens for length in lengths))
    cut = f" {card.cut} of them are longer and lose their beginning." if card.cut else ""
    kept = f"; {len(validated)} more show when to stop" if validated else ""
    together = f" in {sequences} sequences" if sequences < len(rows) else ""
    workspace.announce(f"{len(examples)} examples{together} to learn from{kept}. {describe(settings, size)}{cut}")
    return Plan(base, size, examples, validated, card, settings)


def plan_corrections(
    workspace: Workspace,
    base: Base,
    corrections: Sequence[Correction],
    left_out: dict[str, int],
    options: TrainingOptions,
) -> Plan:
    """How `improve` learns from corrections: of many, some are set aside to see when to stop."""
    learned, validated = list(corrections), list[Correction]()
    examples = build_examples(learned, workspace.prompts, options.seed)
    if len(learned) >= _VALIDATED_FROM and choose_epochs(options, len(examples)) > 1:  # or it cannot end early
        learned, validated = set_aside(learned, options.seed)
        examples = build_examples(learned, workspace.prompts, options.seed)
    more = build_examples(validated, workspace.prompts, options.seed, answers_only=True)
    return make_plan(workspace, base, examples, more, dataset_card(learned, examples, left_out), options)


def set_aside(corrections: Sequence[Correction], seed: int) -> tuple[list[Correction], list[Correction]]:
    """Learnt from, and validated on: one of `indivisible_groups` at the least."""
    most = min(VALIDATION_SHARE, _VALIDATED / max(len(corrections), 1))
    share = max(most, 1 / max(len(indivisible_groups(corrections)), 1))
    return split_corrections(corrections, share, seed)
