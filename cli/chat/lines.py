"""The chat without a terminal: each line of stdin a question; with an empty stdin, the sample question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...app import Chat, ChatOptions
from ...errors import AylluError
from ..context import CommandContext
from ..errors import Interrupted
from ..output import Output
from ..rendering import SAMPLE_NOTE, show_answer, stream_answer
from ..standard_input import NotText, stdin_lines

if TYPE_CHECKING:
    from ...agents import ChatSession


def run(command: CommandContext, options: ChatOptions) -> int:
    """Ask every line, as it comes, in one conversation; a question that fails is reported, and the next one goes on.

    Returns 1 where a question failed.
    """
    command.prepare(chat=True)
    questions = (question for question in stdin_lines("question") if question)
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


def _ask(command: CommandContext, session: ChatSession, question: str | NotText) -> dict[str, Any]:
    """The answer as JSON, or the failure beside its question."""
    output = command.output
    if isinstance(question, NotText):
        return _failed(output, None, question)
    output.say(f"> {question}", "bold")
    try:
        answer = command.app.run(stream_answer(session, question, output))
    except AylluError as error:
        if error.exit_code == Interrupted.exit_code:
            raise
        return _failed(output, question, error)
    show_answer(output, answer)
    output.say()
    return answer.to_json()


def _failed(output: Output, question: str | None, error: AylluError) -> dict[str, Any]:
    output.note(f"Error: {error.message} {error.hint}", "red")
    return {"question": question, **error.to_json()}


def _finish(command: CommandContext, answers: list[dict[str, Any]], *, sample: bool) -> int:
    command.output.result({"answers": answers, "sample": sample})
    return 1 if any("error" in answer for answer in answers) else 0
