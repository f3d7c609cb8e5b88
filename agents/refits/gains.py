"""What the fits gained on the person's own judgements, each left out in turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .bias import BiasFit, JudgedRefusal, fit_bias, opened
from .labels import Labels

_MOST = 400  # refits


@dataclass(frozen=True, slots=True)
class BiasGain:
    """Shares of judged refusals: of those that were wrong, and of those that were right, how many are refused, with the
    calibrated bound and with the bias of all other judgements. None where there are none."""

    fit: BiasFit
    wrong: int = 0
    wrong_before: float | None = None
    wrong_after: float | None = None
    right: int = 0
    right_before: float | None = None
    right_after: float | None = None


def bias_gain(labels: Labels) -> BiasGain:
    fit = fit_bias(labels.refusals, labels.rated, labels.corrections)
    refusals = labels.refusals[-_MOST:]
    without = [
        fit_bias([other for other in labels.refusals if other is not each], labels.rated, labels.corrections).bias
        for each in refusals
    ]
    wrong = [place for place, each in enumerate(refusals) if each.answer]
    right = [place for place, each in enumerate(refusals) if not each.answer]
    return BiasGain(
        fit,
        len(wrong),
        _refused(refusals, wrong, None),
        _refused(refusals, wrong, without),
        len(right),
        _refused(refusals, right, None),
        _refused(refusals, right, without),
    )


def _refused(refusals: Sequence[JudgedRefusal], places: Sequence[int], biases: Sequence[float] | None) -> float | None:
    if not places:
        return None
    return sum(not opened(refusals[at], biases[at] if biases else 0.0) for at in places) / len(places)
