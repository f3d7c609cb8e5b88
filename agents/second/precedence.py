"""Which of two readings stands first, given the model that wrote the draft.

A probe measures it, and the manifest has it of models that were measured (`profiles.py`). Of any other no more is known
than its size, by its name ("qwen2.5-0.5b-instruct", "llama3.2:3b").
"""

from __future__ import annotations

import re

from ...backends import Backend
from ...models import Precedence, Profile
from ..asking import fact_kind
from ..judging import profile_of
from ..writing import writing_style

_PHRASE_BELOW = 1.0  # billions of parameters, below which the second reader is the better one where they disagree
_ALONE_FROM = 1.5  # from which on it adds nothing
_SIZE = re.compile(r"(?<![a-zA-Z0-9.])(?:\d+x)?(\d+(?:\.\d+)?)\s?([bBmM])(?![a-zA-Z0-9])")


def precedence_beside(backend: Backend, question: str | None = None) -> Precedence:
    """What stands first in answers of a backend to `question`, or to most; a model that copies phrases answers alone."""
    if writing_style(backend) != "prose":
        return "alone"
    return precedence_of(profile_of(backend), backend.model, question)


def precedence_of(profile: Profile, model: str, question: str | None = None) -> Precedence:
    """As the profile says; else by the size that the model's name says; else the draft stands first."""
    if question is not None and (measured := profile.second_reader_for.get(fact_kind(question))):
        return measured
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
