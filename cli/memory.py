"""`ayllu memory`: what is answered from what you said of earlier answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import open_memory
from ..errors import NotFound, UsageError
from ..text import count, one_line
from .context import CommandContext
from .options import Limit

if TYPE_CHECKING:
    from ..agents import Memory
    from ..agents import MemoryEntry as Entry

group = typer.Typer(help="What is remembered of your corrections and accepted answers.", rich_markup_mode=None)
_Id = Annotated[str, typer.Argument(metavar="ID", help="As `ayllu memory list` shows it.")]
_TITLES = ("entry", "kind", "question", "answer", "document", "counts")


@group.command("list")
def list_entries(context: typer.Context, limit: Limit = None) -> None:
    """Every entry, the latest first: your corrections answer, and what you rated good is an example."""
    command: CommandContext = context.obj
    memory = _memory(command)
    entries = [_json(command, memory, entry) for entry in memory.entries()[:limit]]
    command.output.result({"entries": entries})
    if not entries:
        command.output.say("Nothing is remembered yet. `ayllu feedback add ID --correction TEXT` corrects an answer.")
        return
    rows = [
        (
            row["id"],
            row["kind"],
            one_line(row["question"], 40),
            one_line(row["answer"], 30),
            one_line(row["document"] or "your word", 30),
            f"no: {row['why_stale']}" if row["stale"] else "",
        )
        for row in entries
    ]
    command.output.table(_TITLES, rows)


@group.command("show")
def show(context: typer.Context, entry_id: _Id) -> None:
    """One entry, with the passage that it rests on."""
    command: CommandContext = context.obj
    memory = _memory(command)
    entry = _find(memory, entry_id)
    row = _json(command, memory, entry)
    anchor = entry.anchor
    command.output.result(
        {
            **row,
            "passage": anchor.passage if anchor else "",
            "sentence": anchor.sentence if anchor else "",
            "sha256": anchor.sha256 if anchor else "",
            "collections": list(entry.collections),
        }
    )
    say = command.output.say
    say(row["question"], "bold")
    say(row["answer"])
    verb = "corrected" if entry.kind == "correction" else "rated good"
    say(f"{verb} on {entry.created_at[:10]} by {one_line(entry.person) or 'nobody known'}; of the answer {entry.message_id}")
    say(f"in the words of the passage: {entry.aligned}" if entry.aligned else "in words of the person's own")
    if anchor is not None:
        say(f"rests on {one_line(anchor.document)}:")
        say(f"  “{one_line(anchor.sentence or anchor.passage)}”", "green")
    if row["stale"]:
        say(f"It is not used, for {row['why_stale']}.", "yellow")


@group.command("remove")
def remove(
    context: typer.Context,
    entry_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="As `ayllu memory list` shows it.")],
) -> None:
    """Answer from these no more. What you said stays in the feedback log, to be learnt from."""
    from ..config import current_person
    from ..feedback import PREFERENCE

    command: CommandContext = context.obj
    memory, person = _memory(command), current_person(command.app.settings)
    entries = [_find(memory, entry_id) for entry_id in dict.fromkeys(entry_ids)]
    for entry in entries:
        if entry.person not in ("", person):
            raise UsageError(
                f"{entry.event_id} is what {one_line(entry.person)} said.",
                hint=f"Only they can remove it, with the setting `person` as then; `ayllu feedback forget {entry.event_id}`"
                " erases it.",
            )
    for event in command.app.feedback.read([entry.event_id for entry in entries]):
        exchange = event.chosen if event.kind == PREFERENCE else event.exchange
        assert exchange is not None  # or there were no entry
        command.app.feedback.rate(exchange, person=event.person, memory="off")
    ids = [entry.event_id for entry in entries]
    command.output.result({"removed": len(ids), "entries": ids})
    command.output.say(
        f"Removed: {count(len(ids), 'entry', 'entries')}. It stays in the log; `ayllu feedback forget ID` erases it there."
    )


def _memory(command: CommandContext) -> Memory:
    """Also where the settings turn it off: it can be looked at."""
    command.app.override_settings({"agents.memory": True})
    memory = open_memory(command.app)
    assert memory is not None  # the settings say so
    return memory


def _find(memory: Memory, entry_id: str) -> Entry:
    entry = next((entry for entry in memory.entries() if entry_id in (entry.event_id, entry.message_id)), None)
    if entry is None:
        raise NotFound(f"There is no entry {entry_id!r} in memory.", hint="`ayllu memory list` shows all.")
    return entry


def _json(command: CommandContext, memory: Memory, entry: Entry) -> dict[str, Any]:
    why = memory.stale(entry, command.app.library)
    return {
        "id": entry.event_id,
        "kind": entry.kind,
        "question": entry.question,
        "answer": entry.answer,
        "document": entry.anchor.document if entry.anchor else "",
        "stale": bool(why),
        "why_stale": why,
        "message_id": entry.message_id,
        "person": entry.person,
        "created_at": entry.created_at,
        "aligned": entry.aligned,
        "own_words": entry.kind == "correction" and not entry.aligned,
    }
