"""NaN and infinity are no JSON, and no reader but Python's takes them: a score that is none is written as 0."""

from __future__ import annotations

import math
from typing import Any


def finite(value: Any) -> Any:
    """`value`, which is to become JSON, with 0 for every number that is none."""
    match value:
        case float():
            return value if math.isfinite(value) else 0.0
        case dict():
            return {name: finite(item) for name, item in value.items()}
        case list():
            return [finite(item) for item in value]
        case tuple():
            return tuple(finite(item) for item in value)
        case _:
            return value
