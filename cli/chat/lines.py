"""The chat without a terminal: each line of stdin a question or a command; with an empty stdin, the sample question."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from ...app import Chat, ChatOptions, ModelFollower, slash_command
from ...errors import AylluError, UsageError
from ..context import CommandContext
from ..errors import Interrupted
from ..output import Output
from ..rendering import SAMPLE_NOTE, show_answer, stream_answer
from ..standard_input import stdin_lines
from ..waiting_lines import descriptor
from .idling import Idling
from .judging import CORRECT, JUDGING, judge_answer
from .offering import offer_better_model
from .slash import LEAVING, run_slash_command

if TYPE_CHECKING:
    from ...agents import ChatSession


def run(command: CommandContext, options: ChatOptions) -> int:
    """Ask every line, as it comes, in one conversation; a question that fails is reported, and the next one goes on.

    Returns 1 where a question failed.
    """
    command.prepare(chat=True)
    idling = Idling(command, descriptor())
    lines = (line for line in stdin_lines("question", idling) if line)
    first = next(lines, None)
    if first is None:
        return _ask_sample_question(command, options)
    chat = Chat.open(command.app, options)
    if chat.sample:
        command.output.note(SAMPLE_NOTE)
    session = chat.session()
    follower = ModelFollower(command.app)
    if options.offer:
        offer_better_model(command)
    idling.begin()
    answers: list[dict[str, Any]] = []
    for line in chain([first], lines):
        try:
            typed = None if isinstance(line, UsageError) else slash_command(line, taking=[CORRECT])
            if typed is None:
                session = _with_chosen_model(command, chat, session, follower)
                answers.append(_ask(command, session, line))
            elif typed[0] in LEAVING:
                break
            elif typed[0] in JUDGING:
                _judge(command, answers, *typed)
            else:
                session = run_slash_command(command, chat, session, typed[0])
        except UsageError as error:
            answers.append(_failed(command.output, str(line), error))
    return _finish(command, answers, sample=chat.sample)


def _judge(command: CommandContext, answers: list[dict[str, Any]], word: str, words: str) -> None:
    """The last answer that was given; where it cannot be judged, that is reported as a failed question is."""
    latest = next((each["message_id"] for each in reversed(answers) if "message_id" in each), None)
    try:
        judge_answer(command, latest, word, words)
    except AylluError as error:
        answers.append(_failed(command.output, f"/{word} {words}".rstrip(), error))


def _with_chosen_model(command: CommandContext, chat: Chat, session: ChatSession, follower: ModelFollower) -> ChatSession:
    """The same conversation, asked of the model that the settings name now."""
    model = command.app.run(follower.follow(lambda text: command.output.note(text, "yellow")))
    if not model:
        return session
    command.output.note(f"{model} answers from now on.")
    return chat.kept_session(session.session_id)


def _ask_sample_question(command: CommandContext, options: ChatOptions) -> int:
    from ...retrieval import SAMPLE_QUESTION

    command.output.note("Nothing was asked on stdin, so here is a question about the sample documents.")
    session = Chat.over_sample(command.app, options).session()
    return _finish(command, [_ask(command, session, SAMPLE_QUESTION)], sample=True)


def _ask(command: CommandContext, session: ChatSession, question: str | UsageError) -> dict[str, Any]:
    """The answer as JSON, or the failure beside its question."""
    output = command.output
    if isinstance(question, UsageError):
        return _failed(output, None, question)
    question = question.strip()
    output.say(f"> {question}", "bold")
    try:
        answer = command.app.run(stream_answer(session, question, output))
    except AylluError as error:
        if error.exit_code == Interrupted.exit_code:
            raise
        return _failed(output, question, error)
    show_answer(output, answer, kept=command.app.conversations.lasting)
    output.say()
    return answer.to_json()


def _failed(output: Output, question: str | None, error: AylluError) -> dict[str, Any]:
    output.note(f"Error: {error.message} {error.hint}", "red")
    return {"question": question, **error.to_json()}


def _finish(command: CommandContext, answers: list[dict[str, Any]], *, sample: bool) -> int:
    command.output.result({"answers": answers, "sample": sample})
    return 1 if any("error" in answer for answer in answers) else 0
