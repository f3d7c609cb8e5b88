"""Two readers: where a model writes prose, the default model may read the same passages and copy a phrase out of them."""

from .comparing import Agreement, Place, compare_readings
from .placing import is_sure, place_reading
from .precedence import precedence_beside, precedence_of
from .reader import Reading, SecondReader

__all__ = [
    "Agreement",
    "Place",
    "Reading",
    "SecondReader",
    "compare_readings",
    "is_sure",
    "place_reading",
    "precedence_beside",
    "precedence_of",
]
