"""What the agents of one team work with while it answers one question. None of it says anything about the question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from ...backends import Backend
from ...config import Settings
from ...retrieval import Filters, Library
from ..events import Emit
from ..memory import Memory
from ..reading import PromptMemory
from ..refits import Refits
from ..second import SecondReader


@dataclass(frozen=True, slots=True)
class RoleContext:
    """`choose_backend` gives who writes, the same at every call: looking for one must not keep the evidence waiting."""

    library: Library
    settings: Settings
    load_prompt: Callable[[str], str]  # by name
    passages: int  # to retrieve
    seed: int | None
    choose_backend: Callable[[], Awaitable[Backend]]
    emit: Emit
    warn_once: Callable[[str], None]  # of what stays as it is from question to question
    elapsed_s: Callable[[], float]  # since the question was asked
    filters: Filters | None = None  # documents that are looked at; None: all
    exactly: bool = False  # so many passages were asked for, whatever the model reads in time
    memory: PromptMemory = field(default_factory=PromptMemory)  # of the conversation
    second_reader: SecondReader | None = None  # None: nobody reads besides the model that writes
    corrections: Memory | None = None  # what was said of earlier answers; None: that is not looked at
    refits: Refits | None = None  # what is fitted to it; None: all is as shipped
