"""The tree of commands. Apart from the entry point, which needs none of it to open the chat."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from .. import __version__
from ..app import ChatOptions
from ..errors import UsageError
from . import (
    adapters,
    ask,
    backends,
    backup,
    config,
    doctor,
    evaluation,
    feedback,
    improve,
    ingest,
    memory,
    models,
    reembed,
    search,
    sessions,
    setup,
    sources,
    train,
)
from .chat import command as chat
from .chat import launcher
from .context import CommandContext
from .tgi import command as tgi

_ANYWHERE = "Every command takes --json (one JSON object on stdout), --debug and --home FOLDER."
_READ_FILES = ("chat", "ingest")  # whose words are files' names
_UNDECODED = re.compile("[\ud800-\udfff]")
_WrongUsage = cast(
    "type[Exception]", typer.BadParameter.__mro__[2]
)  # Typer's own base of everything wrong with a command line


def run(words: Sequence[str], command: CommandContext) -> int:
    """Run one command line; returns its exit code.

    Raises:
        UsageError: the command line is wrong.
        KeyboardInterrupt: the person stopped it.
    """
    _check_text(words)
    try:
        return int(_TREE(args=list(words), prog_name="ayllu", standalone_mode=False, obj=command) or 0)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except _WrongUsage as error:
        raise _usage_error(error, words) from error


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that lead to it, as Typer built it."""
    yield from _below(_TREE, ())


def _below(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
    for name, child in (inner or {}).items():
        yield from _below(child, (*path, name))


def _check_text(words: Sequence[str]) -> None:
    """Only a file's name may hold bytes that are no text.

    Raises:
        UsageError: another word does.
    """
    for word in words:
        value = word.partition("=")[2] if word.startswith("-") else word
        if not value.isascii() and _UNDECODED.search(value) and words[0] not in _READ_FILES and not os.path.lexists(value):
            raise UsageError(f"{word!r} is not UTF-8 text.", hint="Type it in a terminal whose language is set to UTF-8.")


def complete() -> int:
    """Answer the shell whose user pressed TAB, as `_AYLLU_COMPLETE` asks; whatever goes wrong, quietly: nobody asked."""
    try:
        _TREE(args=[], prog_name="ayllu", standalone_mode=False)
    except SystemExit as answered:
        return answered.code if isinstance(answered.code, int) else 1
    except Exception:
        return 1
    return 0


def _usage_error(error: Exception, words: Sequence[str]) -> UsageError:
    """An error of Typer's in our form."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "ayllu"
    message = str(error.format_message())  # type: ignore[attr-defined] # a method of `_WrongUsage`
    hint = f"`{path} --help` shows how it is used."
    if message.startswith("No such command") and words and Path(words[0]).exists():
        hint = f"To read it first: `ayllu chat {words[0]}`."
    return UsageError(message if message.endswith((".", "?")) else f"{message}.", hint=hint)


def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show the version and leave.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout; the rest on stderr.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    home: Annotated[str, typer.Option("--home", metavar="FOLDER", help="Where your data is kept.")] = "",
) -> Any:
    """Agents that answer from your own documents, in your terminal, and learn from what you tell them.

    Without a command: chat.
    """
    command: CommandContext = context.obj
    if version:
        command.output.result({"version": __version__})
        command.output.say(f"ayllu {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(launcher.run(command, [], ChatOptions()))


def _build() -> typer.Typer:
    tree = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog=_ANYWHERE,
    )
    tree.callback(invoke_without_command=True, epilog=_ANYWHERE)(_root)
    tree.command("chat", epilog=_ANYWHERE)(chat.chat)
    tree.command("ask", epilog=_ANYWHERE)(ask.ask)
    tree.command("ingest", epilog=_ANYWHERE)(ingest.ingest)
    tree.command("search", epilog=_ANYWHERE)(search.search)
    sources.group.command("reembed")(reembed.reembed)
    tree.add_typer(sources.group, name="sources")
    tree.add_typer(sessions.group, name="sessions")
    tree.add_typer(feedback.group, name="feedback")
    tree.add_typer(memory.group, name="memory")
    tree.add_typer(evaluation.group, name="eval")
    tree.add_typer(models.group, name="models")
    tree.command("improve", epilog=_ANYWHERE)(improve.improve)
    tree.add_typer(train.group, name="train")
    tree.add_typer(adapters.group, name="adapters")
    tree.add_typer(backends.group, name="backends")
    tree.add_typer(tgi.group, name="tgi")
    tree.add_typer(config.group, name="config")
    tree.command("backup", epilog=_ANYWHERE)(backup.backup)
    tree.command("restore", epilog=_ANYWHERE)(backup.restore)
    tree.command("doctor", epilog=_ANYWHERE)(doctor.doctor)
    tree.command("setup", epilog=_ANYWHERE)(setup.setup)
    return tree


_TREE = typer.main.get_command(_build())
