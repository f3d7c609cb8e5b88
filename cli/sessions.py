"""`ayllu sessions`: the conversations that are kept."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from ..text import age, count, one_line, place_label
from .context import CommandContext
from .options import Limit
from .rendering import UNSUPPORTED, answered_by, show_remembered

if TYPE_CHECKING:
    from ..conversations import Exchange, SessionInfo

group = typer.Typer(help="The conversations that are kept.", rich_markup_mode=None)
_Id = Annotated[str, typer.Argument(metavar="ID", help="As `ayllu sessions list` shows it.")]


@group.command("list")
def list_sessions(
    context: typer.Context,
    contains: Annotated[str | None, typer.Option("--filter", metavar="TEXT", help="Only titles that contain this.")] = None,
    limit: Limit = None,
) -> None:
    """Every conversation, the last used first. `ayllu chat --session ID` goes on with one."""
    command: CommandContext = context.obj
    sessions = command.app.conversations.sessions.list()
    if contains is not None:
        sessions = [info for info in sessions if contains.casefold() in info.title.casefold()]
    sessions = sessions[:limit]
    command.output.result({"sessions": [_json(info) for info in sessions]})
    moment = datetime.now(UTC)
    rows = [(info.session_id, info.title, info.questions, age(info.updated_at, moment)) for info in sessions]
    if rows:
        command.output.table(("conversation", "title", "questions", "last used"), rows)
    elif contains is not None:
        command.output.say(f"No title contains “{contains}”. `ayllu sessions list` shows all.")
    else:
        command.output.say("No conversation is kept yet. `ayllu chat` begins one.")


@group.command("show")
def show(context: typer.Context, session_id: _Id) -> None:
    """All that was asked and answered in one conversation, oldest first."""
    command: CommandContext = context.obj
    conversations, output = command.app.conversations, command.output
    info = conversations.sessions.get(session_id)
    exchanges, unanswered = conversations.exchanges(session_id), conversations.unanswered(session_id)
    turns = [{"created_at": each.created_at, "thought": each.thought, **each.answer.to_json()} for each in exchanges]
    output.result({**_json(info), "exchanges": turns, "unanswered": unanswered, "draft": conversations.draft(session_id)})
    output.say(info.title, "bold")
    for exchange in exchanges:
        _show_exchange(command, exchange)
    for question in unanswered:
        output.say()
        output.say(f"> {question}", "bold")
        output.say("Not answered: `ayllu chat --session ID` asks it again.".replace("ID", session_id), "dim")


@group.command("rename")
def rename(
    context: typer.Context,
    session_id: _Id,
    title: Annotated[str, typer.Argument(help="The new title; an empty one brings back the first question.")],
) -> None:
    """Give one conversation a title."""
    command: CommandContext = context.obj
    info = command.app.conversations.sessions.rename(session_id, title)
    command.output.result(_json(info))
    command.output.say(f"{info.session_id}: {info.title}")


@group.command("remove")
def remove(
    context: typer.Context,
    session_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="As `ayllu sessions list` shows it.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All conversations.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Erase conversations for good. What you said of their answers stays in the feedback log, with a copy of each answer."""
    command: CommandContext = context.obj
    sessions = command.app.conversations.sessions
    if bool(session_ids) == everything:
        raise UsageError("Say which to remove.", hint="Name conversations by their ids, or give --all.")
    infos = sessions.list() if everything else [sessions.get(name) for name in dict.fromkeys(session_ids or [])]
    if infos and command.output.asks and not yes:
        for info in infos[:10]:
            command.output.note(f"  {info.title} ({count(info.questions, 'question')})")
        question = f"Remove {count(len(infos), 'conversation')} for good?"
        if not command.output.confirm(question, default=False):
            raise typer.Abort
    remains = list(dict.fromkeys(str(path) for info in infos for path in sessions.remove(info.session_id)))
    ids = [info.session_id for info in infos]
    command.output.result({"removed": len(infos), "sessions": ids, "remains": remains})
    command.output.say(f"Removed: {count(len(infos), 'conversation')}. What you said of their answers stays in the log.")
    if remains:
        files = " and ".join(remains)
        command.output.note(f"Another program is reading: until it ends, they can still be read in {files}.", "yellow")


def _json(info: SessionInfo) -> dict[str, Any]:
    fields = asdict(info)
    return {"id": fields.pop("session_id"), **fields}


def _show_exchange(command: CommandContext, exchange: Exchange) -> None:
    answer, output = exchange.answer, command.output
    output.say()
    output.say(f"> {exchange.question}", "bold")
    if answer.withdrawn is not None:
        output.say(f"Draft withdrawn: {one_line(answer.withdrawn.reason)}", "dim")
        output.say(f"  {one_line(answer.withdrawn.text)}", "dim")
    output.say(answer.annotated(UNSUPPORTED), "yellow" if answer.abstained else "")
    for mark, place in answer.cited_places():
        output.say(f"  [{mark}] {place_label(place)}", "dim")
    show_remembered(output, answer)
    output.say(f"{answer.message_id} · {answered_by(answer)}", "dim")
