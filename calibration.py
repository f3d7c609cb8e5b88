"""What was fitted to the scores of search; `benchmarks/refit.py` writes `calibration.json`, and says there on what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Fitted:
    dense_share: float  # of meaning, 0 to 1, where both rankings are fused
    critic: Mapping[str, Mapping[str, float]]  # by embedder: weights by signal, "bias", and the thresholds
    origin: Mapping[str, Any]  # of each part the sets that it was fitted on, and when it was looked at last


@cache
def fitted() -> Fitted:
    content = json.loads(files(__package__).joinpath("calibration.json").read_text("utf-8"))
    return Fitted(float(content["fusion"]["dense_share"]), content["critic"], content["origin"])
