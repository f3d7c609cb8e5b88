"""Answers from whole documents: read part by part, noted down, and put together (map and reduce)."""

from .planning import Plan, plan_reading
from .reading import Digest

__all__ = ["Digest", "Plan", "plan_reading"]
