"""What each part that learns has gained, but for adapters: measured on what the person judged, each left out in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..text import count, one_line

if TYPE_CHECKING:
    from ..agents import Memory, MemoryEntry
    from ..agents.refits import Refits
    from ..retrieval import Library, Pin
    from .application import Application

_MOST_SEARCHED = 100  # corrected questions, the latest
_DEPTH = 10
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Gains:
    """By part, as JSON. `lines` are the same in words."""

    memory: Mapping[str, Any]
    pins: Mapping[str, Any]
    bias: Sequence[Mapping[str, Any]]
    fusion: Sequence[Mapping[str, Any]]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def lines(self) -> list[str]:
        return [*_memory_lines(self.memory), *_pin_lines(self.pins), *_bias_lines(self.bias), *_fusion_lines(self.fusion)]


def measure_gains(application: Application, progress: Progress) -> Gains:
    """All of it; a part that cannot be measured says why.

    Raises:
        DatabaseDamaged, DatabaseUnavailable: the log cannot be read.
    """
    from .memory import memory_of, refits_of

    memory, refits = memory_of(application), refits_of(application)
    corrected = [entry for entry in memory.entries() if entry.kind == "correction"]
    return Gains(
        _measure_memory(application, memory, refits, corrected),
        _measure_pins(application, memory, corrected, progress),
        list(_measure_bias(refits)),
        list(_measure_fusion(refits)),
    )


def _measure_memory(
    application: Application, memory: Memory, refits: Refits, corrected: Sequence[MemoryEntry]
) -> dict[str, Any]:
    """How many corrected questions are answered so when they come again, and how many answers were given."""
    held, _ = refits.judged()
    given = application.conversations.given_by_memory()
    ratings = [held[name].values.get("rating") for name in given if name in held]
    return {
        "on": application.settings.agents.memory,
        "corrections": len(corrected),
        "stale": sum(bool(memory.stale(entry, application.library)) for entry in corrected),
        "answered": len(given),
        "rated_up": sum(rating in ("up", 4, 5) for rating in ratings),
        "rated_down": sum(rating in ("down", 1, 2) for rating in ratings),
    }


def _measure_pins(
    application: Application, memory: Memory, corrected: Sequence[MemoryEntry], progress: Progress
) -> dict[str, Any]:
    """Of corrected questions that are near others: where the search places their passage without pins, and with those of
    the others. Mean reciprocal ranks; None where no question is near another."""
    library, before, after = application.library, list[float](), list[float]()
    searched = [entry for entry in corrected if entry.ties][:_MOST_SEARCHED]
    for at, entry in enumerate(searched, start=1):
        progress("looking for what pins gained", at, len(searched))
        collections = [name for name in entry.collections if name in library.collections()]
        pins = memory.pins(entry.question, entry.question, library, collections, without=entry.event_id)
        if collections and any(not pin.wrong for pin in pins):
            before.append(_reciprocal_rank(library, entry, collections, ()))
            after.append(_reciprocal_rank(library, entry, collections, pins))
    return {
        "on": application.settings.agents.memory,
        "questions": len(searched),
        "near_another": len(before),
        "before": _mean(before),
        "after": _mean(after),
    }


def _reciprocal_rank(library: Library, entry: MemoryEntry, collections: Sequence[str], pins: Sequence[Pin]) -> float:
    from ..agents.memory import holds

    assert entry.anchor is not None
    passages = library.search(entry.question, k=_DEPTH, collection=collections, pins=pins)
    return next((1 / rank for rank, passage in enumerate(passages, start=1) if holds(passage.text, entry.anchor)), 0.0)


def _measure_bias(refits: Refits) -> Iterator[dict[str, Any]]:
    from ..agents.refits import bias_gain

    for collection, embedder, prose in refits.kinds():
        labels = refits.labels([collection], embedder, prose=prose)
        if labels.refusals:
            gain = asdict(bias_gain(labels))
            fit = gain.pop("fit")
            yield {"collection": collection, "style": "prose" if prose else "span", **fit, **gain}


def _measure_fusion(refits: Refits) -> Iterator[dict[str, Any]]:
    for collection, embedder in dict.fromkeys((collection, embedder) for collection, embedder, _ in refits.kinds()):
        fit = refits.fusion([collection], embedder)
        if fit.labels:
            yield {"collection": collection, **asdict(fit)}


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _memory_lines(memory: Mapping[str, Any]) -> Iterator[str]:
    if not memory["corrections"] and not memory["answered"]:
        return
    held = memory["corrections"] - memory["stale"]
    yield (
        f"Memory{_off(memory)}: {held} of {count(memory['corrections'], 'corrected question')} answered so when they come"
        f" again; it has given {count(memory['answered'], 'answer')}, of which you rated {memory['rated_up']} good and"
        f" {memory['rated_down']} bad."
    )


def _pin_lines(pins: Mapping[str, Any]) -> Iterator[str]:
    if pins["near_another"]:
        yield (
            f"Pins{_off(pins)}: of {count(pins['questions'], 'corrected question')} {pins['near_another']} are near another;"
            f" their right passage's mean reciprocal rank is {pins['before']:.2f} without the others' pins,"
            f" {pins['after']:.2f} with them."
        )
    elif pins["questions"]:
        yield f"Pins{_off(pins)}: none of {count(pins['questions'], 'corrected question')} is near another yet."


def _bias_lines(gains: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for gain in gains:
        name = f"The critic's bias in {one_line(gain['collection'])} ({gain['style']})"
        if not gain["bias"]:
            few = f", of {gain['needed']} that are needed" if gain["labels"] < gain["needed"] else ""
            yield f"{name}: 0, from {count(gain['labels'], 'judged refusal')}{few}."
            continue
        yield (
            f"{name}: {gain['bias']:+.2f} in log-odds, from {count(gain['labels'], 'judged refusal')}. Each left out in"
            f" turn, it refuses {_share(gain['wrong_after'])} of {gain['wrong']} that you judged wrong (before"
            f" {_share(gain['wrong_before'])}), and {_share(gain['right_after'])} of {gain['right']} that you judged right"
            f" (before {_share(gain['right_before'])})."
        )


def _fusion_lines(fits: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for fit in fits:
        name = f"How searches are weighed in {one_line(fit['collection'])}"
        if fit["before"] is None:
            yield f"{name}: as shipped; {fit['reason']}."
            continue
        ranks = f"the right passage's mean reciprocal rank {fit['before']:.3f} as shipped, {fit['after']:.3f} with the fit"
        used = f"meaning counts {fit['share']:.2f}" if fit["share"] is not None else f"as shipped, for {fit['reason']}"
        yield f"{name}: {used}; from {count(fit['labels'], 'question')}, each left out in turn, {ranks}."


def _off(part: Mapping[str, Any]) -> str:
    return "" if part["on"] else " (turned off)"


def _share(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
