"""Two readers: where a model writes prose, the default model may read the same passages and copy a phrase out of them."""

from .comparing import Agreement, Place, compare_readings
from .placing import place_reading
from .precedence import Precedence, precedence_beside, precedence_of
from .reader import Reading, SecondReader

__all__ = [
    "Agreement",
    "Place",
    "Precedence",
    "Reading",
    "SecondReader",
    "compare_readings",
    "place_reading",
    "precedence_beside",
    "precedence_of",
]
