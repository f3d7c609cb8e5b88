"""`ayllu ask`: one question, one cited answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import typer

from ..app import Chat, ChatOptions
from ..conversations import check_question
from ..errors import UsageError
from .attaching import attached_chat
from .context import CommandContext
from .errors import Interrupted
from .options import (
    Adapter,
    Backend,
    Collections,
    Folder,
    MediaType,
    Passages,
    SecondReader,
    Seed,
    Session,
    Since,
    Source,
    Strict,
    Team,
    Until,
    filters_of,
)
from .rendering import SAMPLE_NOTE, show_answer, stream_answer
from .standard_input import read_stdin


def ask(
    context: typer.Context,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="The question; `-` reads it from stdin.")
    ] = None,
    team: Team = None,
    backend: Backend = None,
    adapter: Adapter = None,
    session: Session = None,
    k: Passages = None,
    seed: Seed = None,
    strict: Strict = None,
    second_reader: SecondReader = None,
    attached: Annotated[
        list[str] | None,
        typer.Option(
            "--with", metavar="FILE", help="Ask this document without keeping it, or several; `-`: what is piped in."
        ),
    ] = None,
    collection: Collections = None,
    source: Source = None,
    folder: Folder = None,
    kind: MediaType = None,
    since: Since = None,
    until: Until = None,
) -> int:
    """Ask one question and get an answer with its sources."""
    command: CommandContext = context.obj
    words = " ".join(question or [])
    piped = not question and sys.stdin is not None and not sys.stdin.isatty()
    asks_stdin = words == "-" or piped
    if attached and collection:
        raise UsageError("`--with` asks these documents only.", hint="Leave `--collection` away, or ingest them.")
    if attached and "-" in attached and (asks_stdin or not words):
        raise UsageError("The question and the document cannot both come from stdin.", hint="Give the question in quotes.")
    text = check_question(read_stdin("question") if asks_stdin else words)
    command.app.override_settings({"backend": backend, "agents.strict": strict, "agents.second_reader": second_reader})
    command.app.pin(adapter)
    command.app.check_session(session)
    command.prepare(chat=True)
    filters = filters_of(source, folder, kind, since, until)
    options = ChatOptions(collection or (), session, team=team, passages=k, seed=seed, filters=filters)
    with _chat(command, options, attached or ()) as (chat, unread):
        if chat.sample:
            command.output.note(SAMPLE_NOTE)
        answer = command.app.run(stream_answer(chat.session(), text, command.output))
    notes = [note for note in (SAMPLE_NOTE if chat.sample else "", chat.not_kept, *unread) if note]
    answer = replace(answer, warnings=(*answer.warnings, *notes))
    command.output.result(answer.to_json())
    show_answer(command.output, answer, kept=command.app.conversations.lasting)
    return Interrupted.exit_code if answer.documents_read is not None and answer.documents_read.ended == "stopped" else 0


@contextmanager
def _chat(command: CommandContext, options: ChatOptions, attached: Sequence[str]) -> Iterator[tuple[Chat, Sequence[str]]]:
    """The chat over the library, or over what is attached; with what of that could not be read."""
    if not attached:
        yield Chat.open(command.app, options), ()
        return
    with attached_chat(command, options, attached) as chat_and_unread:
        yield chat_and_unread
