"""The learning loop's surroundings: its workspace, the lock that keeps it to one process, and the command that starts it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import AylluError
from ..paths import Paths
from .own_commands import own_command

if TYPE_CHECKING:
    from ..conversations import ShownPassage
    from ..training import Target, Workspace
    from .application import Application

log = logging.getLogger(__name__)
_LOCK = ".learning"
_PASSAGES = 20  # of the library for each question that a new adapter is asked
_UNFINISHED = ".work"


class LearningBusy(AylluError):
    """Another process is learning."""

    kind = "busy"


@contextmanager
def learning_lock(adapters: Path, hint: str) -> Iterator[None]:
    """Keep every other process from learning, and from changing what learning works with.

    Raises:
        LearningBusy: one is learning at this moment; `hint` is its next step.
    """
    from filelock import FileLock, Timeout

    from ..storage import make_private_folder

    make_private_folder(adapters)
    try:
        held = FileLock(adapters / _LOCK).acquire(timeout=0)
    except Timeout as error:
        raise LearningBusy("Another ayllu is learning at this moment.", hint=hint) from error
    with held:
        yield


@contextmanager
def learning_workspace(
    application: Application, progress: Callable[[str, int, int | None], None], target: Target | None = None
) -> Iterator[Workspace]:
    """What the learning loop works with, for one process at a time. `target`: of `tuning_target`; else the chat model.

    Raises:
        LearningBusy: another one is learning.
    """
    from ..storage import make_private_folder
    from ..training import Target, Workspace

    unfinished = application.paths.adapters / _UNFINISHED
    make_private_folder(unfinished)
    with learning_lock(application.paths.adapters, "Wait for it; you can chat meanwhile."):
        yield Workspace(
            application.adapters,
            application.models,
            application.embedder,
            application.settings,
            unfinished,
            application.paths.prompts,
            progress,
            application.reporter.announce,
            search=partial(_passages_for, application),
            target=target or Target(),
            mark=partial(mark_correction, application),
        )


def _passages_for(application: Application, question: str) -> list[str]:
    """The texts that the library finds in all collections; none where it cannot be searched: what was shown is enough."""
    try:
        if not (names := application.library.collections()):
            return []
        passages = application.library.search(question, k=_PASSAGES, collection=names, merge=False)
        return [passage.text for passage in passages]
    except AylluError:
        log.warning("The library cannot be searched; the questions are asked over fewer passages", exc_info=True)
        return []


def mark_correction(application: Application, question: str, answer: str, passages: Sequence[ShownPassage]) -> str:
    """`answer` with marks of the `passages` that support it; as it is where there is no library to weigh its words by."""
    from ..agents import mark_answer

    try:
        return mark_answer(application.library, question, answer, passages)
    except AylluError:
        log.warning("The library cannot be read; a correction without marks is learnt as it is", exc_info=True)
        return answer


def improve_command(paths: Paths) -> list[str]:
    """The command line that learns, as a process of its own with these paths; it writes one JSON object on stdout."""
    return own_command(paths, "improve", "--json")
