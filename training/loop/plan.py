"""From the log to an adapter: the steps that `train` and `improve` share, and `train` itself, which measures nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from ...adapters import Adapter, AdapterRegistry
from ...agents import Learnt, write_learnt
from ...config import Settings
from ...errors import UsageError
from ...feedback import FeedbackEvent, FeedbackLog, stats
from ...models import ModelStore, sha256
from ...retrieval import Embedder
from ..data import corrections as datasets
from ..data import files
from ..data import token_rows as tokens
from ..data.corrections import Card, Correction, Example
from ..data.general import general_set
from ..data.importers import import_file
from ..errors import Interrupted, TooLittle, Unsupported
from ..export import gguf as gguf_adapter
from ..export import parity
from ..methods import bases, sft
from ..methods import hyperparameters as hyper
from ..methods.shared_prefix import joined

log = logging.getLogger(__name__)
T = TypeVar("T")
Progress = Callable[[str, int, int | None], None]
VALIDATED_FROM = 200  # corrections to learn from, above which `improve` sets some aside to stop early by
_VALIDATED = 24  # corrections at most that are set aside
_SHARE = 0.1
_PROBES = 3
_DECLINES = 200  # examples of passages without the answer, from which on the model's word on others is taken
_LEARNT_FROM = "learnt_from.json"


@dataclass(frozen=True, slots=True)
class Workspace:
    """What the loop works with. `work` is a folder for what is unfinished."""

    registry: AdapterRegistry
    models: ModelStore
    embedder: Embedder
    settings: Settings
    work: Path
    prompts: Path | None = None
    progress: Progress | None = None
    announce: Callable[[str], None] | None = None

    def tell(self, label: str, done: int, total: int | None) -> None:
        if self.progress is not None:
            self.progress(label, done, total)

    def say(self, text: str) -> None:
        if self.announce is not None:
            self.announce(text)

    def named(self, label: str) -> Progress:
        """Progress with `label` before each of its own."""
        return lambda what, done, total: self.tell(f"{label}: {what}", done, total)

    @property
    def chat(self) -> str:
        return self.settings.models.chat

    @property
    def style(self) -> str:
        """How the model in use writes."""
        return style_of(self.models, self.settings)


def style_of(models: ModelStore, settings: Settings) -> str:
    """How the chat model writes: what the settings say, or what suits it."""
    own = models.info(settings.models.chat).style
    return own if settings.models.style == "auto" else settings.models.style


@dataclass(frozen=True, slots=True)
class Plan:
    """What is about to be trained, complete."""

    base: bases.Base
    size: bases.Size
    examples: Sequence[Example]
    validated: Sequence[Example]
    card: Card
    settings: hyper.Settings

    @property
    def learnt(self) -> Learnt:
        """What is known of the adapter before it is measured."""
        return Learnt(
            asks=any(datasets.asks(one) for one in self.examples),
            declines=sum(map(datasets.declines, self.examples)) >= _DECLINES,
        )

    @property
    def known(self) -> list[str]:
        """The conversations, and the corrections in them, that are learnt from or tell when to stop."""
        return sorted({name for one in (*self.examples, *self.validated) for name in (one.group, one.event_id)})

    @property
    def folder(self) -> str:
        """Under which this run stands while it is unfinished."""
        return self.card.sha256[:16]


@dataclass(frozen=True, slots=True)
class TrainedAdapter:
    """An adapter, trained and exported. `parity`: `None` where there is no GGUF to check it with, for the `reason`."""

    trained: sft.Trained
    exported: Path | None
    parity: parity.Parity | None
    reason: str = ""


def aside(found: Sequence[Correction], seed: int) -> tuple[list[Correction], list[Correction]]:
    """Learnt from, and validated on: one of `datasets.units` at the least."""
    share = max(min(_SHARE, _VALIDATED / max(len(found), 1)), 1 / max(len(datasets.units(found)), 1))
    return datasets.split(found, share, seed)


def planned(
    parts: Workspace,
    base: bases.Base,
    learnt: Sequence[Example],
    validated: Sequence[Example],
    card: Card,
    options: hyper.TrainingOptions,
) -> Plan:
    """Settings chosen, examples counted; said before anything long begins."""
    tokenizer = bases.tokenizer(base.path)
    rows = tokens.rows(learnt, tokenizer)
    lengths = [len(row.ids) for row in rows]
    size = bases.size(base.path)
    sequences = len(joined(rows, max(lengths, default=0), size.architecture))
    chosen = hyper.choose(options, hyper.this_machine(options.device), size, lengths, sequences)
    card = replace(card, cut=sum(length > chosen.max_tokens for length in lengths))
    cut = f" {card.cut} of them are longer and lose their beginning." if card.cut else ""
    kept = f"; {len(validated)} more show when to stop" if validated else ""
    together = f" in {sequences} sequences" if sequences < len(rows) else ""
    parts.say(f"{len(learnt)} examples{together} to learn from{kept}. {chosen.describe(size)}{cut}")
    return Plan(base, size, learnt, validated, card, chosen)


async def trained(parts: Workspace, plan: Plan, folder: Path, tell: Progress) -> sft.Trained:
    """Train in a thread; where this task is cancelled, the thread writes a checkpoint and ends first."""
    return await _in_thread(lambda stop: _train(plan, folder, tell, stop))


async def _in_thread(work: Callable[[threading.Event], T]) -> T:
    """Where this task is cancelled, the work is told to stop, and ends first. What it took of memory is given back."""
    stop = threading.Event()
    running = asyncio.ensure_future(asyncio.to_thread(work, stop))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        stop.set()
        with contextlib.suppress(Interrupted):
            await running
        raise
    finally:
        await asyncio.to_thread(sft.give_back)


def _train(plan: Plan, folder: Path, tell: Progress, stop: threading.Event) -> sft.Trained:
    tokenizer = bases.tokenizer(plan.base.path)
    learnt, validated = (
        tokens.cut(tokens.rows(one, tokenizer), plan.settings.max_tokens)[0] for one in (plan.examples, plan.validated)
    )
    return sft.train(learnt, validated, plan.base.path, folder, plan.settings, tell, stop)


async def made(parts: Workspace, plan: Plan) -> TrainedAdapter:
    """Train, export, and see that what was exported answers as what was trained.

    Raises:
        NoParity: it does not.
    """
    outcome = await trained(parts, plan, parts.work / plan.folder / "whole", parts.tell)
    try:
        gguf_adapter.check_supported(gguf_adapter.base_config(plan.base.path))
    except Unsupported as error:
        return TrainedAdapter(outcome, None, None, f"{error.message} It is kept in PEFT's form.")
    exported = await asyncio.to_thread(gguf_adapter.ready, outcome.folder, plan.base.path)
    if plan.base.gguf is None:
        return TrainedAdapter(
            outcome, exported, None, f"There is no GGUF of {plan.base.name} here to check the exported adapter with."
        )
    tokenizer = await asyncio.to_thread(bases.tokenizer, plan.base.path)
    probes = [tokens.asked(one, tokenizer) for one in plan.examples[:_PROBES]]
    agreed = await asyncio.to_thread(parity.check, plan.base.gguf, outcome.folder, exported, probes, progress=parts.tell)
    return TrainedAdapter(outcome, exported, agreed)


def entry(parts: Workspace, plan: Plan, events: int, **more: Any) -> Adapter:
    """The adapter's lineage, for the registry."""
    active = parts.registry.active(plan.base.name)
    weights = plan.base.path if plan.base.path.is_file() else min(plan.base.path.glob("*.safetensors"), default=None)
    return Adapter(
        adapter_id=parts.registry.new_id(),
        base=plan.base.name,
        base_sha256=sha256(weights) if weights is not None else "",
        dataset_sha256=plan.card.sha256,
        method="sft",
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        parent=active.adapter_id if active else None,
        settings=asdict(plan.settings),
        events=events,
        **more,
    )


def gathered(parts: Workspace, plan: Plan, adapter_id: str, done: TrainedAdapter, threshold: float | None = None) -> Path:
    """What belongs to an adapter, in one folder beside the registry; with the critic's `threshold`."""
    folder = parts.work / f"{adapter_id}.whole"
    folder.mkdir(parents=True)
    write_learnt(folder, replace(plan.learnt, threshold=threshold))
    (folder / _LEARNT_FROM).write_text(json.dumps(plan.known), "utf-8")
    if done.exported is not None:
        shutil.copy2(done.exported, folder / "adapter.gguf")
    shutil.copytree(done.trained.folder, folder / "peft")
    return folder


def learnt_from(folder: Path) -> frozenset[str] | None:
    """What the adapter in `folder` has learnt from, as `Plan.known`; `None` where that was not written down."""
    try:
        return frozenset(map(str, json.loads((folder / _LEARNT_FROM).read_text("utf-8"))))
    except (OSError, ValueError, TypeError):
        log.info("%s does not say what its adapter has learnt from", folder, exc_info=True)
        return None


def figures_of(done: TrainedAdapter) -> dict[str, Any]:
    """What is told of a training, by `train` and by `improve`."""
    one = done.trained
    return {
        "steps": one.steps,
        "train_loss": round(one.train_loss, 4),
        "eval_loss": one.eval_loss,
        "tokens_per_second": one.tokens_per_second,
        "peak_rss_bytes": one.peak_rss_bytes,
        "stopped_early": one.stopped_early,
        "parity": {"probes": done.parity.probes, "agreed": done.parity.agreed} if done.parity else None,
        "losses": [list(point) for point in one.losses],
    }


async def train(
    events: Sequence[FeedbackEvent], parts: Workspace, *, options: hyper.TrainingOptions, data: Path | None = None
) -> dict[str, Any]:
    """Train and export an adapter, and keep it as a candidate that nobody has measured; the contract's `train` object.

    `data` is a file or folder to learn from instead of the `events`; the log is left as it is. A tenth of the conversations
    is held out, for the loss alone.

    Raises:
        TooLittle, ExtraMissing, NoParity, Unsupported: as `improve`.
        ImportFailed, DataUnreadable: `data` holds nothing to learn from.
    """
    sft.check_installed()
    base = await asyncio.to_thread(bases.find, options.base, parts.models, parts.chat)
    learnt, validated, card = await asyncio.to_thread(_data, events, parts, data, options.seed)
    plan = await asyncio.to_thread(planned, parts, base, learnt, validated, card, options)
    done = await made(parts, plan)
    if done.reason:
        parts.say(done.reason)
    taken = stats(events).corrections if data is None else parts.registry.corrections_learned()
    one = await asyncio.to_thread(entry, parts, plan, taken, reason="Not measured.")
    parts.registry.add(one, gathered(parts, plan, one.adapter_id, done))
    shutil.rmtree(parts.work / plan.folder, ignore_errors=True)
    return {
        "adapter_id": one.adapter_id,
        **figures_of(done),
        "seconds": done.trained.seconds,
        "dataset": plan.card.to_json(),
        "settings": asdict(plan.settings),
        "base": base.name,
    }


def _data(
    events: Sequence[FeedbackEvent], parts: Workspace, data: Path | None, seed: int
) -> tuple[list[Example], list[Example], Card]:
    made: list[Example] = []
    if data is not None:
        if not data.exists():
            raise UsageError(f"There is no {data}.", hint="Give a file or a folder with training data.")
        events, made = _taken(data, parts)
    if made:
        return _ready(made, seed)
    found, left_out = datasets.collect_corrections(events, parts.style, [one.question for one in general_set().questions])
    datasets.check_trainable(found, left_out)
    learnt, held = aside(found, seed)
    examples = datasets.build_examples(learnt, parts.prompts, seed)
    more = datasets.build_examples(held, parts.prompts, seed, answers_only=True)
    return examples, more, datasets.dataset_card(learnt, examples, left_out)


def _taken(data: Path, parts: Workspace) -> tuple[list[FeedbackEvent], list[Example]]:
    """The events that the files at `data` make, by a log that is thrown away; or the examples that they already are."""
    examples: list[Example] = []
    with tempfile.TemporaryDirectory(prefix="ayllu-data-") as folder:
        log = FeedbackLog.open(Path(folder) / "feedback.sqlite")
        try:
            for file in files.files_of(data):
                ready = files.read(file)
                if ready is not None:
                    examples += ready
                    continue
                done = import_file(
                    file, log, parts.embedder, parts.settings, model=parts.chat, prompts=parts.prompts, progress=parts.tell
                )
                parts.say(f"{file.name}: {done.imported} taken, {done.duplicates} doubled, {len(done.skipped)} skipped.")
            events = log.list()
        finally:
            log.close()
    if events and examples:
        raise UsageError(f"{data} mixes prompts with other forms.", hint="Give one file, or a folder of one form.")
    return events, examples


def _ready(made: Sequence[Example], seed: int) -> tuple[list[Example], list[Example], Card]:
    """Examples that a file gives as they are: a tenth of their groups is held out."""
    groups = sorted({one.group for one in made})
    if len(made) < datasets.LEAST:
        raise TooLittle(
            f"There are {len(made)} examples to learn from, and at least {datasets.LEAST} are needed.",
            hint="Give a file with more.",
        )
    random.Random(seed).shuffle(groups)
    held = set(groups[: max(1, int(_SHARE * len(groups)))] if len(groups) > 1 else [])
    learnt = [one for one in made if one.group not in held]
    card = Card(len({one.event_id for one in learnt}), len(learnt), datasets.digest(learnt), {}, {"file": len(learnt)})
    return learnt, [one for one in made if one.group in held], card
