"""What the critic went by, as it is kept: enough to fit its bias, and all else of it, from a log alone."""

from __future__ import annotations

from dataclasses import asdict, replace

from ...conversations import CriticRecord
from ..writing import Method
from .signals import Signals
from .thresholds import Bounds

_DIGITS = 6


def record_findings(
    signals: Signals, probability: float, fitted: Bounds, bias: float, method: Method, *, writable: bool
) -> CriticRecord:
    """Before anything is written. `writable`: there is something to write from, so that a bound decides."""
    return CriticRecord(
        signals={name: round(value, _DIGITS) for name, value in asdict(signals).items()},
        retrieved=round(probability, _DIGITS),
        written=round(probability, _DIGITS),
        hopeless=fitted.hopeless,
        threshold=fitted.threshold,
        bias=round(bias, _DIGITS),
        method=method,
        decided="hopeless" if writable and probability < fitted.hopeless else "",
    )


def record_draft(before: CriticRecord | None, probability: float, fitted: Bounds, *, decides: bool) -> CriticRecord | None:
    """The same once a draft was judged. `decides`: whether it is shown or not hangs on the threshold."""
    if before is None:
        return None
    decided = before.decided or ("threshold" if decides and fitted.threshold > 0 else "")
    return replace(before, written=round(probability, _DIGITS), threshold=fitted.threshold, decided=decided)
