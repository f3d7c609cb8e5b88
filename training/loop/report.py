"""`report.md`, kept beside an adapter: what was learnt, what it changed, ten answers side by side, and the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...adapters import Adapter
from ...evaluation import EvalSet, Prediction, answer_f1
from ...text import one_line
from ..methods import Curve, TrainingRun
from .explaining import explain

_SHOWN = 10
_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 40


def write_report(
    folder: Path,
    adapter: Adapter,
    outcome: Mapping[str, Any],
    run: TrainingRun,
    evaluated: EvalSet,
    before: Sequence[Prediction],
    after: Sequence[Prediction],
) -> None:
    """Write `report.md` and `loss.png` into `folder`."""
    _plot(folder / "loss.png", run)
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
        *(
            [f"- Longer than {outcome['settings']['max_tokens']} tokens, cut at the front: {card['cut']}."]
            if card["cut"]
            else []
        ),
        *(["- It ended early: the loss on what was set aside got no better."] if run.stopped_early else []),
        "",
        "Settings: " + ", ".join(f"{name} {value}" for name, value in outcome["settings"].items()) + ".",
        "",
        "| | before | after |",
        "|---|---|---|",
        *(
            f"| {name.replace('_', ' ')} | {_figure(value)} | {_figure(outcome['figures']['after'][name])} |"
            for name, value in outcome["figures"]["before"].items()
        ),
        "",
        "`oracle f1` (with `--oracle`) is of a sample, with the right passage given: what it lacks to 1 is reading, what F1"
        " lacks to it is finding. `answer logprob` is the mean log-probability of a token of the answers wanted.",
        "",
        f"Gain of {outcome['metric']}, weighed by the shares of accepted and wrong answers where they are of a log:"
        f" {outcome['after'] - outcome['before']:+.3f}, 95 % interval {low:+.3f} to {high:+.3f};"
        f" McNemar's exact p of the exact matches {outcome['mcnemar_p']:.2g}.",
        "",
        "| guard | before | after | may fall by |",
        "|---|---|---|---|",
        *(
            f"| {name.replace('_', ' ')} | {_figure(guard['before'])} | {_figure(guard['after'])} | {guard['margin']} |"
            for name, guard in outcome["guards"].items()
        ),
        "",
        *(f"- {line}" for line in explain(outcome)),
        "",
        _parity(outcome["parity"]),
        *_critic(outcome),
        "",
        "![Loss](loss.png)",
        "",
        "## Answers side by side",
        "",
        "| question | wanted | before | after |",
        "|---|---|---|---|",
        *_side_by_side(evaluated, before, after),
        "",
    ]
    (folder / "report.md").write_text("\n".join(lines), "utf-8")


def _side_by_side(evaluated: EvalSet, before: Sequence[Prediction], after: Sequence[Prediction]) -> list[str]:
    """Those on which the two differ most, in both directions, then others."""
    later = {prediction.id: prediction for prediction in after}
    questions = {question.id: question for question in evaluated.questions}

    def gain(prediction: Prediction) -> float:
        answers = questions[prediction.id].answers
        return answer_f1(later[prediction.id].short, answers) - answer_f1(prediction.short, answers)

    ranked = sorted(before, key=gain)
    half = _SHOWN // 2
    chosen = ranked if len(ranked) <= _SHOWN else [*ranked[-half:][::-1], *ranked[:half]]
    rows = []
    for prediction in chosen:
        question = questions[prediction.id]
        answers = " / ".join(question.answers[:2]) or "nothing"
        cells = (question.question, answers, prediction.short, later[prediction.id].short)
        rows.append(f"| {' | '.join(one_line(cell, 120).replace('|', '/') for cell in cells)} |")
    return rows


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def loss_line(losses: Curve) -> str:
    """The curve of `losses` in one line of a terminal, its first and last value beside it; empty where there is none."""
    if not losses:
        return ""
    last = losses[-1][0]
    columns = min(_WIDTH, len(losses))
    shown = [losses[round(at * (len(losses) - 1) / max(columns - 1, 1))][1] for at in range(columns)]
    low, high = min(shown), max(shown)
    scale = (len(_BLOCKS) - 1) / (high - low) if high > low else 0.0
    curve = "".join(_BLOCKS[round((loss - low) * scale)] for loss in shown)
    return f"loss {losses[0][1]:.3f} {curve} {losses[-1][1]:.3f} (steps {losses[0][0]} to {last})"


def _parity(parity: Mapping[str, Any] | None) -> str:
    if parity is None:
        return "The exported adapter was not compared with the trained one."
    return (
        f"The exported adapter agrees with the trained one on {parity['agreed']} of {parity['probes']} probes"
        " (greedy, first 16 tokens, f32)."
    )


def _critic(outcome: Mapping[str, Any]) -> list[str]:
    """What was learnt along with the adapter."""
    lines = []
    if (critic := outcome["critic"]) is not None:
        lines.append(
            f"The critic's threshold is {critic['threshold']:.2f} with this adapter (f1 {critic['f1']:.3f}), and would be"
            f" {critic['standing']:.2f} (f1 {critic['f1_standing']:.3f}). Of what cannot be answered"
            f" {_figure(critic['refused_before'])} was refused before, {_figure(critic['refused'])} is now."
        )
    return lines


def _plot(path: Path, run: TrainingRun) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 3), layout="tight")
    axes = figure.subplots()
    for label, curve in (("learnt from", run.losses), ("set aside", run.eval_losses)):
        if curve:
            axes.plot([step for step, _ in curve], [loss for _, loss in curve], label=label)
    axes.set_xlabel("step")
    axes.set_ylabel("loss of the answers' tokens")
    axes.legend()
    figure.savefig(path, dpi=100)
