"""`report.md`, kept beside an adapter: what was learnt, what it changed, ten answers side by side, and the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..evaluation import EvalSet, Prediction, answer_f1
from ..models import Adapter
from ..text import one_line

_SHOWN = 10


def write(
    folder: Path,
    adapter: Adapter,
    outcome: Mapping[str, Any],
    losses: Sequence[tuple[int, float]],
    asked: EvalSet,
    before: Sequence[Prediction],
    after: Sequence[Prediction],
) -> None:
    """Write `report.md` and `loss.png` into `folder`."""
    _plot(folder / "loss.png", losses)
    low, high = outcome["interval"]
    card = outcome["dataset"]
    lines = [
        f"# Adapter {adapter.adapter_id}",
        "",
        outcome["reason"],
        "",
        f"Base: {adapter.base}. Learnt from {outcome['train_events']} corrections ({card['examples']} examples), measured on"
        f" {outcome['heldout_events']} questions; {outcome['steps']} steps, {outcome['train_seconds']:.0f} s,"
        f" {outcome['tokens_per_second']:.0f} tokens a second, {outcome['peak_rss_bytes'] / 2**30:.1f} GiB at most.",
        *(f"- Left out: {count} {reason}." for reason, count in card["left_out"].items()),
        "",
        "| | before | after |",
        "|---|---|---|",
        *(
            f"| {name.replace('_', ' ')} | {_figure(value)} | {_figure(outcome['figures']['after'][name])} |"
            for name, value in outcome["figures"]["before"].items()
        ),
        "",
        f"Gain of {outcome['metric']}: {outcome['after'] - outcome['before']:+.3f}, 95 % interval {low:+.3f} to {high:+.3f}"
        f" (paired bootstrap); McNemar's exact p of the exact matches {outcome['mcnemar_p']:.2g}.",
        "",
        "| guard | before | after | may fall by |",
        "|---|---|---|---|",
        *(
            f"| {name.replace('_', ' ')} | {_figure(guard['before'])} | {_figure(guard['after'])} | {guard['margin']} |"
            for name, guard in outcome["guards"].items()
        ),
        "",
        f"The exported adapter agrees with the trained one on {outcome['parity']['agreed']} of {outcome['parity']['probes']}"
        " probes (greedy, first 16 tokens, f32).",
        "",
        "![Loss](loss.png)",
        "",
        "## Answers side by side",
        "",
        "| question | wanted | before | after |",
        "|---|---|---|---|",
        *_side_by_side(asked, before, after),
        "",
    ]
    (folder / "report.md").write_text("\n".join(lines), "utf-8")


def _side_by_side(asked: EvalSet, before: Sequence[Prediction], after: Sequence[Prediction]) -> list[str]:
    """Those on which the two differ most, in both directions, then others."""
    later = {one.id: one for one in after}
    questions = {one.id: one for one in asked.questions}

    def gain(one: Prediction) -> float:
        golds = questions[one.id].answers
        return answer_f1(later[one.id].short, golds) - answer_f1(one.short, golds)

    ranked = sorted(before, key=gain)
    half = _SHOWN // 2
    chosen = ranked if len(ranked) <= _SHOWN else [*ranked[-half:][::-1], *ranked[:half]]
    rows = []
    for one in chosen:
        cells = (
            questions[one.id].question,
            " / ".join(questions[one.id].answers[:2]) or "nothing",
            one.short,
            later[one.id].short,
        )
        rows.append(f"| {' | '.join(one_line(cell, 120).replace('|', '/') for cell in cells)} |")
    return rows


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _plot(path: Path, losses: Sequence[tuple[int, float]]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="tight")
    axes = figure.subplots()
    axes.plot([step for step, _ in losses], [loss for _, loss in losses])
    axes.set_xlabel("step")
    axes.set_ylabel("loss of the answers' tokens")
    figure.savefig(path, dpi=100)
