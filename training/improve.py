"""The loop: from the log to an adapter that measures better and is put to work, or is kept as a candidate with the reason.

Below `CROSS_FIT` corrections every one is held out once (k folds: each is answered by an adapter that has not seen it), and
the adapter put to work has learnt from all of them; above, a fifth of the conversations is held out. Both models answer the
same held-out questions through the whole team, over all passages of the corrections.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from ..backends import open_backend
from ..config import Settings
from ..evaluation import (
    EvalDoc,
    EvalQuestion,
    EvalSet,
    Guard,
    Prediction,
    Verdict,
    answer_f1,
    answer_scores,
    judge,
    predict_answers,
)
from ..feedback import FeedbackEvent, stats
from ..models import Adapter, AdapterRegistry, ModelStore, Pinned, sha256
from ..retrieval import Embedder, sample_documents
from . import datasets, gguf_adapter, parity, sft
from .datasets import Correction
from .errors import Interrupted
from .report import write as write_report

Progress = Callable[[str, int, int | None], None]
CROSS_FIT = 200
_FOLDS = 4
_HELD_OUT = 0.2
_PROBES = 50
MARGINS = {"general": 0.02, "citation_precision": 0.02, "abstention": 0.05}


@dataclass(frozen=True, slots=True)
class Parts:
    """What the loop works with. `home` is a folder for what is unfinished."""

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


@dataclass(frozen=True, slots=True)
class Improvement:
    """What came of it: the contract's `improve` object."""

    adapter_id: str
    verdict: Verdict
    steps: int
    train_events: int
    heldout_events: int
    details: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        said = self.verdict.to_json()
        guards = {name: {key: guard[key] for key in ("before", "after", "margin")} for name, guard in said["guards"].items()}
        return {
            **said,
            "guards": guards,
            "adapter_id": self.adapter_id,
            "steps": self.steps,
            "train_events": self.train_events,
            "heldout_events": self.heldout_events,
            **self.details,
        }


@dataclass(frozen=True, slots=True)
class _Measured:
    """What one model answered: to the held-out questions, and to the general set."""

    held_out: Sequence[Prediction]
    general: Sequence[Prediction]


async def improve(
    events: Sequence[FeedbackEvent], parts: Parts, *, data: EvalSet | None = None, seed: int = 0, **given: Any
) -> Improvement:
    """Train, export, measure, and promote where it is better. `data` is measured on instead of held-out corrections.

    Killed and run again, it takes up what stands in `parts.work`.

    Raises:
        TooLittle: there is too little to learn from.
        ExtraMissing: the `train` extra is not installed.
        NoParity, Unsupported: the adapter cannot be exported.
    """
    info = parts.models.info(parts.settings.models.chat)
    base = await asyncio.to_thread(parts.models.ensure, parts.settings.models.chat)
    sft.check_installed()
    gguf_adapter.check_supported(gguf_adapter.base_config(base))
    avoid = [one.question for one in (*(data.questions if data else ()), *general_set().questions)]
    style = info.style if parts.settings.models.style == "auto" else parts.settings.models.style
    found, left_out = datasets.corrections(events, style, avoid)
    datasets.checked(found, left_out)
    cross = data is None and len(found) < CROSS_FIT
    learnt, held = (found, found) if cross or data is not None else datasets.split(found, _HELD_OUT, seed)
    asked = data or held_out_set(held, found)
    examples = datasets.examples(learnt, parts.prompts, seed)
    card = datasets.card(learnt, examples, left_out)
    chosen = sft.chosen(examples, seed=seed, **given)
    parts.say(
        f"{len(learnt)} corrections make {len(examples)} examples; LoRA of rank {chosen.rank}, {chosen.epochs:g} epochs,"
        f" batch {chosen.batch}, {chosen.dtype} on {chosen.device}; measured on {len(asked.questions)} questions"
        f"{f' in {_FOLDS} folds' if cross else ''}."
    )
    work = parts.work / card.sha256[:16]
    trained = await _trained(examples, base, work / "whole", chosen, parts.tell)
    exported = await asyncio.to_thread(gguf_adapter.ready, trained.folder, base)
    probes = [one.prompt for one in examples if isinstance(one.prompt, str)][:_PROBES]
    agreed = await asyncio.to_thread(parity.check, base, trained.folder, exported, probes, progress=parts.tell)
    active = parts.registry.active(info.name)
    in_use = Pinned(active.adapter_id, parts.registry.path(active.adapter_id)) if active else Pinned(None)
    before = await _measure(parts, in_use, asked, asked.questions, "before")
    new = Pinned("candidate", exported)
    if cross:
        held_after: list[Prediction] = []
        for at, fold in enumerate(datasets.folds(found, _FOLDS, seed), start=1):
            names = {one.event_id for one in fold}
            rest = datasets.examples([one for one in found if one.event_id not in names], parts.prompts, seed)
            part = await _trained(rest, base, work / f"fold-{at}", chosen, _named(parts, f"fold {at}"))
            gguf = await asyncio.to_thread(gguf_adapter.ready, part.folder, base)
            questions = [one for one in asked.questions if one.id in names]
            held_after += await _ask(parts, Pinned(f"fold-{at}", gguf), asked, questions, f"fold {at}")
        order = {one.id: one for one in held_after}
        general = general_set()
        after = _Measured(
            [order[one.id] for one in asked.questions], await _ask(parts, new, general, general.questions, "general, after")
        )
    else:
        after = await _measure(parts, new, asked, asked.questions, "after")
    verdict = _verdict(asked, before, after, seed)
    entry = Adapter(
        adapter_id=parts.registry.new_id(),
        base=info.name,
        base_sha256=await asyncio.to_thread(sha256, base),
        dataset_sha256=card.sha256,
        method="sft",
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        parent=active.adapter_id if active else None,
        settings=asdict(chosen),
        metrics=verdict.to_json(),
        reason=verdict.reason,
        events=_corrected(events),
    )
    details = {
        "train_loss": round(trained.train_loss, 4),
        "tokens_per_second": trained.tokens_per_second,
        "train_seconds": trained.seconds,
        "peak_rss_bytes": trained.peak_rss_bytes,
        "parity": {"probes": agreed.probes, "agreed": agreed.agreed},
        "dataset": card.to_json(),
        "figures": {
            "before": _figures(asked, before.held_out),
            "after": _figures(asked, after.held_out),
        },
    }
    done = Improvement(entry.adapter_id, verdict, trained.steps, len(learnt), len(asked.questions), details)
    await asyncio.to_thread(_keep, parts, entry, done, work, trained, asked, before, after)
    if verdict.promoted:
        parts.registry.promote(entry.adapter_id)
    return done


async def _trained(
    examples: Sequence[datasets.Example], base: Path, folder: Path, chosen: sft.Settings, tell: Progress
) -> sft.Trained:
    """Train in a thread; where this task is cancelled, the thread writes a checkpoint and ends first."""
    stop = threading.Event()
    work = asyncio.ensure_future(asyncio.to_thread(sft.train, examples, [], base, folder, chosen, tell, stop))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop.set()
        with contextlib.suppress(Interrupted):
            await work
        raise


def train(events: Sequence[FeedbackEvent], parts: Parts, *, seed: int = 0, **given: Any) -> dict[str, Any]:
    """Train and export an adapter, and keep it as a candidate that nobody has measured; the contract's `train` object.

    A tenth of the conversations is held out, for the loss alone.

    Raises:
        TooLittle, ExtraMissing, NoParity, Unsupported: as `improve`.
    """
    info = parts.models.info(parts.settings.models.chat)
    base = parts.models.ensure(parts.settings.models.chat)
    sft.check_installed()
    gguf_adapter.check_supported(gguf_adapter.base_config(base))
    style = info.style if parts.settings.models.style == "auto" else parts.settings.models.style
    found, left_out = datasets.corrections(events, style, [one.question for one in general_set().questions])
    datasets.checked(found, left_out)
    learnt, held = datasets.split(found, 0.1, seed)
    examples = datasets.examples(learnt, parts.prompts, seed)
    card = datasets.card(learnt, examples, left_out)
    chosen = sft.chosen(examples, seed=seed, **given)
    work = parts.work / card.sha256[:16]
    held_examples = datasets.examples(held, parts.prompts, seed)
    trained = sft.train(examples, held_examples, base, work / "whole", chosen, parts.tell)
    exported = gguf_adapter.ready(trained.folder, base)
    probes = [one.prompt for one in examples if isinstance(one.prompt, str)][:_PROBES]
    parity.check(base, trained.folder, exported, probes, progress=parts.tell)
    active = parts.registry.active(info.name)
    entry = Adapter(
        adapter_id=parts.registry.new_id(),
        base=info.name,
        base_sha256=sha256(base),
        dataset_sha256=card.sha256,
        method="sft",
        created_at=datetime.now(UTC).isoformat(timespec="seconds"),
        parent=active.adapter_id if active else None,
        settings=asdict(chosen),
        reason="Not measured.",
        events=_corrected(events),
    )
    parts.registry.add(entry, _gathered(parts, entry.adapter_id, trained))
    shutil.rmtree(work, ignore_errors=True)
    return {
        "adapter_id": entry.adapter_id,
        "steps": trained.steps,
        "seconds": trained.seconds,
        "train_loss": trained.train_loss,
        "eval_loss": trained.eval_loss,
        "tokens_per_second": trained.tokens_per_second,
        "peak_rss_bytes": trained.peak_rss_bytes,
        "dataset": card.to_json(),
    }


def held_out_set(held: Sequence[Correction], found: Sequence[Correction]) -> EvalSet:
    """The corrections `held` as an evaluation set, over the passages of all that were `found`."""
    texts = list(dict.fromkeys(str(passage["text"]) for one in found for passage in one.passages))
    names = {text: str(at) for at, text in enumerate(texts)}
    questions = [
        EvalQuestion(
            one.event_id,
            one.question,
            [one.answer],
            {
                names[text]: 1
                for text in (str(passage["text"]) for passage in one.passages)
                if one.answer in " ".join(text.split())
            },
        )
        for one in held
    ]
    return EvalSet([EvalDoc(name, text) for text, name in names.items()], questions)


def general_set() -> EvalSet:
    """The sample's documents and questions, of our own writing: what no learning may unlearn."""
    documents = [EvalDoc(name, text) for name, text in sample_documents().items()]
    with as_file(files("ayllu.retrieval").joinpath("sample_questions.jsonl")) as file:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    questions = [
        EvalQuestion(
            one["id"], one["question"], one["answers"], {one["source"]: 1} if one["answers"] else {}, not one["answers"]
        )
        for one in lines
    ]
    return EvalSet(documents, questions)


async def _measure(
    parts: Parts, adapter: Pinned, asked: EvalSet, questions: Sequence[EvalQuestion], label: str
) -> _Measured:
    general = general_set()
    return _Measured(
        await _ask(parts, adapter, asked, questions, f"measuring, {label}"),
        await _ask(parts, adapter, general, general.questions, f"general, {label}"),
    )


async def _ask(
    parts: Parts, adapter: Pinned, asked: EvalSet, questions: Sequence[EvalQuestion], label: str
) -> list[Prediction]:
    backend = open_backend("llamacpp", parts.settings, parts.models, adapters=adapter)
    try:
        found, _ = await predict_answers(
            asked, questions, parts.embedder, backend, parts.settings, prompts=parts.prompts, progress=_named(parts, label)
        )
    finally:
        await backend.close()
    return found


def _verdict(asked: EvalSet, before: _Measured, after: _Measured, seed: int) -> Verdict:
    questions = {one.id: one for one in asked.questions}
    possible = [one for one in before.held_out if not questions[one.id].impossible]
    later = {one.id: one for one in after.held_out}

    def score(one: Prediction) -> float:
        return 0.0 if one.abstained else answer_f1(one.short, questions[one.id].answers)

    old, new = [score(one) for one in possible], [score(later[one.id]) for one in possible]
    general = general_set()
    general_before, general_after = (answer_scores(part.general, general) for part in (before, after))
    held_before, held_after = (answer_scores(part.held_out, asked) for part in (before, after))
    guards = {
        "general": Guard(general_before["f1"], general_after["f1"], MARGINS["general"]),
        "citation_precision": Guard(
            held_before["citation_precision"], held_after["citation_precision"], MARGINS["citation_precision"]
        ),
        "abstention": Guard(
            general_before["abstained_unanswerable"], general_after["abstained_unanswerable"], MARGINS["abstention"]
        ),
    }
    return judge("f1", old, new, [one == 1.0 for one in old], [one == 1.0 for one in new], guards, seed)


def _corrected(events: Sequence[FeedbackEvent]) -> int:
    return stats(events).corrections


def _figures(asked: EvalSet, predictions: Sequence[Prediction]) -> dict[str, float | None]:
    return {
        name: round(value, 4) if value is not None else None for name, value in answer_scores(predictions, asked).items()
    }


def _keep(
    parts: Parts,
    entry: Adapter,
    done: Improvement,
    work: Path,
    trained: sft.Trained,
    asked: EvalSet,
    before: _Measured,
    after: _Measured,
) -> None:
    """Hand the adapter, with its report, to the registry; what was unfinished is done."""
    gathered = _gathered(parts, entry.adapter_id, trained)
    write_report(gathered, entry, done.to_json(), trained.losses, asked, before.held_out, after.held_out)
    parts.registry.add(entry, gathered)
    shutil.rmtree(work, ignore_errors=True)


def _gathered(parts: Parts, adapter_id: str, trained: sft.Trained) -> Path:
    """What belongs to an adapter, in one folder beside the registry."""
    gathered = parts.work / f"{adapter_id}.whole"
    gathered.mkdir(parents=True)
    shutil.copy2(gguf_adapter.ready_path(trained.folder), gathered / "adapter.gguf")
    shutil.copytree(trained.folder, gathered / "peft")
    return gathered


def _named(parts: Parts, label: str) -> Progress:
    return lambda what, done, total: parts.tell(f"{label}: {what}", done, total)
