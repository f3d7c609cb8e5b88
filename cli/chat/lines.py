"""The chat without a terminal: each line of stdin a question; with an empty stdin, the sample question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...app import Chat, ChatOptions
from ...errors import AylluError, UsageError
from ..context import CommandContext
from ..errors import Interrupted
from ..rendering import SAMPLE_NOTE, show_answer, stream_answer

if TYPE_CHECKING:
    from ...agents import ChatSession


def run(command: CommandContext, options: ChatOptions) -> int:
    """Ask every line, as it comes, in one conversation; a question that fails is reported, and the next one goes on.

    Returns 1 where a question failed.
    """
    command.prepare(chat=True)
    questions = _questions()
    first = next(questions, None)
    if first is None:
        return _ask_sample_question(command, options)
    chat = Chat.open(command.app, options)
    if chat.sample:
        command.output.note(SAMPLE_NOTE)
    session = chat.session()
    answers = [_ask(command, session, first), *(_ask(command, session, question) for question in questions)]
    return _finish(command, answers, sample=chat.sample)


def _ask_sample_question(command: CommandContext, options: ChatOptions) -> int:
    from ...retrieval import SAMPLE_QUESTION

    command.output.note("Nothing was asked on stdin, so here is a question about the sample documents.")
    session = Chat.over_sample(command.app, options).session()
    return _finish(command, [_ask(command, session, SAMPLE_QUESTION)], sample=True)


def _ask(command: CommandContext, session: ChatSession, question: str) -> dict[str, Any]:
    """The answer as JSON, or the failure beside its question."""
    output = command.output
    output.say(f"> {question}", "bold")
    try:
        answer = command.app.run(stream_answer(session, question, output))
    except AylluError as error:
        if error.exit_code == Interrupted.exit_code:
            raise
        output.note(f"Error: {error.message} {error.hint}", "red")
        return {"question": question, **error.to_json()}
    show_answer(output, answer)
    output.say()
    return answer.to_json()


def _finish(command: CommandContext, answers: list[dict[str, Any]], *, sample: bool) -> int:
    command.output.result({"answers": answers, "sample": sample})
    return 1 if any("error" in answer for answer in answers) else 0


def _questions() -> Iterator[str]:
    if sys.stdin is None or sys.stdin.closed:
        return
    try:
        for line in sys.stdin:
            if line.strip():
                yield line.strip()
    except UnicodeDecodeError as error:
        raise UsageError(
            "The questions on stdin are not UTF-8 text.", hint="Convert them, for instance with `iconv`."
        ) from error
