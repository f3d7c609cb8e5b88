"""One question through a chat session, shown as it happens. Ctrl-C stops the question, a second one leaves at once."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from . import render
from .failures import Interrupted
from .output import Output

if TYPE_CHECKING:
    from ..agents import Answer, ChatSession


async def answer(session: ChatSession, question: str, output: Output) -> Answer:
    """Ask, and show evidence first, the draft while it is written, then the answer.

    Raises:
        AylluError: the question failed; `Interrupted` where the person stopped it.
    """
    from ..agents import AnswerReady, DraftDropped, EvidenceFound, Failed, Token, Warned

    final: Answer | None = None
    draft = ""
    with stoppable(session.stop), output.live() as live:
        async for event in session.ask(question):
            match event:
                case EvidenceFound(evidence=sentences):
                    render.evidence(output, sentences)
                case Token(text=text):
                    draft += text
                    live.show(draft)
                case DraftDropped():
                    draft = ""
                    live.show("")
                case Warned(message=message):
                    output.note(message)
                case AnswerReady(answer=ready):
                    final = ready
                case Failed(error=error):
                    raise Interrupted("The question was stopped.") if error.kind == "stopped" else error
                case _:
                    pass
    if final is None:
        raise RuntimeError("the session ended without an answer and without an error")
    return final


@contextlib.contextmanager
def stoppable(stop: Callable[[], object]) -> Iterator[None]:
    """The first Ctrl-C calls `stop`; a second cancels the running task."""
    import asyncio  # here and not above: a fifth of the time that `--help` takes

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    pressed = False

    def press() -> None:
        nonlocal pressed
        if pressed and task is not None:
            task.cancel()
        pressed = True
        stop()

    try:
        loop.add_signal_handler(signal.SIGINT, press)
    except (NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread: plain KeyboardInterrupt
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)
