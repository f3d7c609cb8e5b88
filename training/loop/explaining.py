"""What an improvement used of what a person said, and for what; what it could not use, and why; and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BLIND = 0.1  # beyond a guard's margin: that a fall is not seen below that is worth a word


def explain(outcome: Mapping[str, Any]) -> list[str]:
    """In sentences, of an improvement's JSON object."""
    used = outcome["used"]
    questions, shares = used["asked"], used["shares"]
    lines = [f"Learnt from: {used['learnt_from']} corrections."]
    if any(questions.values()):
        kinds = {"corrected": "corrected", "accepted": "accepted", "sample": "imported"}
        parts = [f"{questions[name]} {kind}" for name, kind in kinds.items() if questions[name]]
        lines.append(f"Asked of models that have not learnt from them: {', '.join(parts)} answers.")
    if questions["corrected"] or questions["accepted"]:
        lines.append(f"Of the answers you judged, {shares['accepted']} were accepted and {shares['wrong']} wrong.")
    if any(given := used["from_memory"].values()):
        lines.append(
            f"Memory gave {sum(given)} of the answers that you judged; {used['from_memory']['accepted']} were accepted."
        )
    lines += [f"Not learnt from: {count} {reason}." for reason, count in used["not_learnt_from"].items()]
    lines += _gains(outcome)
    return lines


def _gains(outcome: Mapping[str, Any]) -> list[str]:
    groups = {"accepted": "right before", "wrong": "wrong before"}
    lines = [
        f"The adapter's gain on the {outcome[name]['questions']} answers that were {state}: {outcome[name]['gain']:+.3f}."
        for name, state in groups.items()
        if outcome[name]["gain"] is not None
    ]
    if outcome["look"] > 1:
        lines.append(
            f"It was look {outcome['look']} at mostly the same questions, so the gain had to hold at"
            f" {outcome['level']:.4f}; its bound there is {outcome['lower']:+.3f}."
        )
    lines += [
        f"Of {name.replace('_', ' ')} no fall could have been told from chance: too little was measured."
        for name, guard in outcome["guards"].items()
        if guard["seen"] is not None and guard["seen"] >= 1
    ]
    lines += [
        "The general questions were not asked: the verdict stood without them."
        for name, guard in outcome["guards"].items()
        if name == "general" and guard["before"] is None
    ]
    blind = [
        f"Of {name.replace('_', ' ')} only a fall of more than {guard['seen']:.2f} could have been told from chance."
        for name, guard in outcome["guards"].items()
        if guard["seen"] is not None and guard["margin"] + _BLIND < guard["seen"] < 1
    ]
    return lines + blind
