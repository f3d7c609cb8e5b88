"""Which of two readings stands first, given the model that wrote the draft.

What is known is its size, by its name ("qwen2.5-0.5b-instruct", "llama3.2:3b"), unless its profile says more.
"""

from __future__ import annotations

import re
from typing import Literal

from ...backends import Backend
from ...models import Profile
from ..judging import profile_of
from ..writing import writing_style

Precedence = Literal["phrase", "draft", "alone"]  # alone: nobody reads beside it

_PHRASE_BELOW = 1.0  # billions of parameters, below which the second reader is the better one where they disagree
_ALONE_FROM = 1.5  # from which on it adds nothing
_SIZE = re.compile(r"(?<![a-zA-Z0-9.])(?:\d+x)?(\d+(?:\.\d+)?)\s?([bBmM])(?![a-zA-Z0-9])")


def precedence_beside(backend: Backend) -> Precedence:
    """What stands first in answers of a backend; a model that copies phrases itself answers alone."""
    if writing_style(backend) != "prose":
        return "alone"
    return precedence_of(profile_of(backend), backend.model)


def precedence_of(profile: Profile, model: str) -> Precedence:
    """As the profile says; else by the size that the model's name says; else the draft stands first."""
    if profile.second_reader != "auto":
        return profile.second_reader
    size = billions(model)
    if size is None:
        return "draft"
    return "phrase" if size < _PHRASE_BELOW else "alone" if size >= _ALONE_FROM else "draft"


def billions(model: str) -> float | None:
    """Parameters of a model in billions, where its name says how many: the largest number there."""
    sizes = [float(number) * (1.0 if unit in "bB" else 0.001) for number, unit in _SIZE.findall(model)]
    return max(sizes, default=None)
