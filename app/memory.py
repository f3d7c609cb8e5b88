"""What is remembered of what people said: opened where the settings want it, and left out where its log cannot be read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..agents import Memory, Refits
    from ..feedback import FeedbackLog
    from .application import Application


def open_memory(application: Application, *, anywhere: bool = False) -> Memory | None:
    """The memory of whoever asks; None where the settings turn it off. `anywhere`: see `Memory`.

    The log is opened by the first question, and only where there is one by then.
    """
    return memory_of(application, anywhere=anywhere) if application.settings.agents.memory else None


def memory_of(application: Application, *, anywhere: bool = False) -> Memory:
    """The same, whatever the settings say."""
    from ..agents import Memory
    from ..config import current_person

    return Memory(partial(_open_log, application), current_person(application.settings), anywhere=anywhere)


def open_refits(application: Application, *, anywhere: bool = False) -> Refits | None:
    """What is fitted to the judgements of whoever asks; None where the settings turn it off."""
    return refits_of(application, anywhere=anywhere) if application.settings.agents.refit else None


def refits_of(application: Application, *, anywhere: bool = False) -> Refits:
    """The same, whatever the settings say."""
    from ..agents import Refits
    from ..config import current_person

    return Refits(partial(_open_log, application), current_person(application.settings), anywhere=anywhere)


def _open_log(application: Application) -> FeedbackLog | None:
    return application.feedback if application.paths.feedback.exists() else None
