"""Source code, kept line by line as it is, cut at its functions and classes; what programs have written is refused."""

from .code import FORMATS
from .generated import refuse_by_name

__all__ = ["FORMATS", "refuse_by_name"]
