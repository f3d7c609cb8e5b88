"""`ayllu feedback`: what you think of an answer, kept for good, and what can be made of it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import count_uses, event_usable_for, progress_to_learning, usable_for, use_words
from ..errors import UsageError
from ..text import count, one_line
from .context import CommandContext
from .options import LARGEST_COUNT, Limit, expanded
from .progress import ProgressBar
from .standard_input import read_stdin

if TYPE_CHECKING:
    from ..conversations import Exchange
    from ..feedback import FeedbackEvent

group = typer.Typer(help="Rate, correct and compare answers.", rich_markup_mode=None)

_RATINGS = ("up", "partly", "down", "1", "2", "3", "4", "5")


class Abstention(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"


class Format(StrEnum):
    JSONL = "jsonl"
    SFT = "sft"


@group.command("add")
def add(
    context: typer.Context,
    message_id: Annotated[str, typer.Argument(help="The answer, by the id shown below it.")],
    rating: Annotated[str | None, typer.Option("--rating", metavar="up|partly|down|1-5", help="How good it was.")] = None,
    correction: Annotated[
        str | None, typer.Option("--correction", help="What it should have said; `-` reads stdin.")
    ] = None,
    comment: Annotated[str | None, typer.Option("--comment", help="Anything else.")] = None,
    citation_wrong: Annotated[
        int | None, typer.Option("--citation-wrong", metavar="N", min=1, max=LARGEST_COUNT, help="[N] is wrong.")
    ] = None,
    abstention: Annotated[Abstention | None, typer.Option("--abstention", help="Was it right not to answer?")] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Take back what the other options name, or all you said of it.")
    ] = False,
) -> None:
    """Rate or correct one answer; what you say later of the same part takes its place."""
    from ..config import current_person

    command: CommandContext = context.obj
    if rating is not None and rating not in _RATINGS:
        raise UsageError(f"{rating!r} is not a rating.", hint="Write up, partly, down, or a number from 1 to 5.")
    if take_back:
        named = {"rating": rating, "correction": correction, "comment": comment, "abstention": abstention}
        _take_back(command, message_id, {name: value for name, value in named.items() if value is not None}, citation_wrong)
        return
    if correction == "-":
        correction = read_stdin("correction").strip()
    if correction is not None and not correction.strip():
        raise UsageError("The correction is empty.", hint="Write what the answer should have said.")
    if rating is None and correction is None and comment is None and citation_wrong is None and abstention is None:
        raise UsageError("There is nothing to add.", hint="Give --rating, --correction, --comment or another option.")
    exchange = command.app.conversations.get(message_id)
    _check_citation(exchange, citation_wrong)
    event_id = command.app.feedback.rate(
        exchange,
        person=current_person(command.app.settings),
        rating=int(rating) if rating is not None and rating.isdigit() else rating,
        correction=correction,
        comment=comment,
        citation_wrong=citation_wrong,
        abstention=str(abstention) if abstention else None,
    )
    usable = usable_for(
        command.app,
        exchange,
        rating=int(rating) if rating is not None and rating.isdigit() else rating,
        correction=correction,
        abstention=str(abstention) if abstention else None,
        citation_wrong=citation_wrong,
    )
    shown: dict[str, Any] = {"event_id": event_id, "message_id": message_id, "usable": usable}
    judged = {"rating": rating, "comment": comment, "abstention": abstention, "citation_wrong": citation_wrong}
    parts = [name for name, value in {**judged, "correction": correction}.items() if value is not None]
    use = use_words(usable, parts, refusal=exchange.answer.abstained)
    if correction is None:
        _thank(command, shown, use)
        return
    reason = "" if usable["training"] is True else str(usable["training"])
    _thank(
        command, {**shown, "progress": progress_to_learning(command.app)}, f"{use} {reason}".rstrip(), reason=bool(reason)
    )


@group.command("prefer")
def prefer(
    context: typer.Context,
    chosen_id: Annotated[str, typer.Argument(help="The better answer.")],
    rejected_id: Annotated[str, typer.Argument(help="The other one.")],
) -> None:
    """Say which of two answers is the better one."""
    from ..config import current_person
    from ..feedback import PREFERENCE, FeedbackEvent

    command: CommandContext = context.obj
    if chosen_id == rejected_id:
        raise UsageError("These are one and the same answer.", hint="Name two different answers.")
    chosen = command.app.conversations.get(chosen_id)
    rejected = command.app.conversations.get(rejected_id)
    event_id = command.app.feedback.prefer(chosen, rejected, person=current_person(command.app.settings))
    usable = event_usable_for(command.app, FeedbackEvent.of_preference(chosen, rejected, event_id=event_id))
    _thank(
        command,
        {"event_id": event_id, "chosen": chosen_id, "rejected": rejected_id, "usable": usable},
        use_words(usable, [PREFERENCE], refusal=chosen.answer.abstained),
    )


@group.command("list")
def list_events(context: typer.Context, limit: Limit = None) -> None:
    """What you have said so far, newest last."""
    command: CommandContext = context.obj
    events, names = command.app.feedback.list(limit), command.app.feedback.standing_names()
    standing = {event.event_id: sorted(names.get(event.event_id, ())) for event in events}
    command.output.result({"events": [event.to_json() | {"standing": standing[event.event_id]} for event in events]})
    rows = [(*_row(event), "" if standing[event.event_id] else "no") for event in events]
    command.output.table(("event", "when", "kind", "what", "stands"), rows)


@group.command("stats")
def stats(context: typer.Context) -> None:
    """Counts, what is used for what and what is not, and how far it is to the next learning."""
    command: CommandContext = context.obj
    shown = command.app.feedback.stats().to_json()
    uses, progress = count_uses(command.app), progress_to_learning(command.app)
    command.output.result(shown | uses.to_json() | {"progress": progress})
    for name, number in shown.items():
        command.output.say(f"{name.replace('_', ' ')}: {number}")
    for line in (*uses.lines(), progress):
        command.output.say(line)


@group.command("forget")
def forget(
    context: typer.Context,
    event_or_message_id: Annotated[str, typer.Argument(help="One event, or all about one answer.")],
) -> None:
    """Erase what was said; only the fact that something was erased is kept."""
    command: CommandContext = context.obj
    forgotten = command.app.feedback.forget(event_or_message_id)
    remains = [str(path) for path in forgotten.remains]
    command.output.result({"forgotten": forgotten.events, "remains": remains})
    command.output.say(f"Forgotten: {count(forgotten.events, 'event')}. What you exported or trained before still holds it.")
    if remains:
        command.output.note(
            f"Another program is reading the log: until it ends, the text can still be read in {' and '.join(remains)}."
            " The next `ayllu feedback` command after that takes it out.",
            "yellow",
        )


@group.command("import")
def import_events(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(callback=expanded, help="Our own export, SQuAD JSON, Dolly JSONL or Alpaca JSON.")],
) -> None:
    """Take other people's answers in as corrections; what is there already is counted, not doubled."""
    from ..training import import_file

    command: CommandContext = context.obj
    command.prepare()
    with ProgressBar("items", stream=command.output.err) as bar:
        imported = import_file(
            file,
            command.app.feedback,
            command.app.embedder,
            command.app.settings,
            model=command.app.settings.models.chat,
            prompts=command.app.paths.prompts,
            progress=bar,
        )
    uses = count_uses(command.app, command.app.feedback.read(imported.event_ids))
    command.output.result(imported.to_json() | uses.to_json() | {"progress": progress_to_learning(command.app)})
    command.output.say(
        f"Imported: {imported.imported}. Already there: {imported.duplicates}. Skipped: {len(imported.skipped)}."
    )
    for line in uses.lines() if imported.imported else []:
        command.output.say(line)
    for skipped in imported.skipped[:5]:
        command.output.say(f"line {skipped['line']}: {skipped['error']}")
    command.output.say(progress_to_learning(command.app))


@group.command("export")
def export(
    context: typer.Context,
    folder: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", callback=expanded, help="The folder to write into.")
    ],
    form: Annotated[
        Format, typer.Option("--format", help="The whole log (jsonl), or training data made of it.")
    ] = Format.JSONL,
) -> None:
    """Write the whole log into a folder, or what can be learnt from it."""
    command: CommandContext = context.obj
    if form is Format.JSONL:
        counts: dict[str, Any] = command.app.feedback.export(folder, format=str(form))
    else:
        counts = _export_examples(command, folder)
    command.output.result({"folder": str(folder), **counts})
    for name, number in counts.items():
        command.output.say(f"{name}: {number}")


def _export_examples(command: CommandContext, folder: Path) -> dict[str, Any]:
    """The corrections as `ayllu train sft` learns from them, each in the style of its answer."""
    from ..app import mark_correction
    from ..training import build_examples, collect_corrections, dataset_card, write_examples

    app = command.app
    corrections, left_out = collect_corrections(app.feedback.standing(), None, mark=partial(mark_correction, app))
    examples = build_examples(corrections, app.paths.prompts)
    return write_examples(folder, examples, dataset_card(corrections, examples, left_out))


def _take_back(command: CommandContext, message_id: str, named: Collection[str], citation: int | None) -> None:
    """Take back what is named; where nothing is, all of it."""
    from ..config import current_person
    from ..feedback import statement_name

    names = [*named, *([statement_name("citation_wrong", citation)] if citation is not None else [])]
    exchange = command.app.conversations.get(message_id)
    person = current_person(command.app.settings)
    event_id = command.app.feedback.take_back(exchange, person=person, names=names or None)
    _thank(command, {"event_id": event_id, "message_id": message_id})


def _thank(command: CommandContext, shown: dict[str, Any], words: str = "", *, reason: bool = False) -> None:
    """That it is kept, and `words` of what it is good for; then, unless they give a reason, how far it is to learning."""
    command.output.result(shown)
    progress = "" if reason else shown.get("progress", "")
    command.output.say(" ".join(part for part in (f"Kept as {shown['event_id']}.", words, progress) if part))


def _check_citation(exchange: Exchange, number: int | None) -> None:
    """A mark that the answer does not have cannot be wrong."""
    marks = {citation.n for citation in exchange.answer.citations}
    if number is not None and number not in marks:
        known = ", ".join(f"[{mark}]" for mark in sorted(marks)) or "none"
        raise UsageError(f"The answer has no citation [{number}].", hint=f"Its citations: {known}.")


def _row(event: FeedbackEvent) -> tuple[str, str, str, str]:
    from ..feedback import PARTS

    parts = {name.replace("_", " "): getattr(event, name) for name in PARTS}
    words = "; ".join(f"{name}: {value}" for name, value in parts.items() if value is not None)
    if event.taken_back:
        words = f"taken back: {', '.join(event.taken_back)}"
    if event.forgotten:
        words = "forgotten"
    if event.other_id is not None:
        words = f"{event.message_id} rather than {event.other_id}"
    return event.event_id, event.created_at, event.kind, one_line(words, 80)
