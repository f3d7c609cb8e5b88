"""The entry point: the tree of commands, and the one place where errors become words and exit codes.

Exit 0: done. 1: it could not, in one sentence with a next step. 2: wrong usage. 130: interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import __version__
from ..errors import AylluError, UsageError
from . import ask, backends, chat, config, doctor, evaluate, feedback, ingest, models, search, setup, sources
from .compose import Parts
from .failures import Interrupted, Unexpected
from .flags import take
from .output import Output

_ANYWHERE = "Every command takes --json (one JSON object on stdout), --debug and --home FOLDER."
_NO_TELEMETRY = (("ANONYMIZED_TELEMETRY", "False"), ("HF_HUB_DISABLE_TELEMETRY", "1"), ("DO_NOT_TRACK", "1"))
_Wrong = typer.BadParameter.__mro__[2]  # Typer's own base of everything wrong with a command line


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Nothing is raised."""
    for quiet in _NO_TELEMETRY:
        os.environ.setdefault(*quiet)
    words = list(sys.argv[1:] if argv is None else argv)
    output = Output(json="--json" in words)
    try:
        flags, rest = take(words)
    except UsageError as error:
        output.error(error)
        return error.exit_code
    output.json = flags.json
    parts = Parts(flags, output)
    try:
        with contextlib.redirect_stdout(sys.stderr) if flags.json and not _plain(rest) else contextlib.nullcontext():
            return _run(rest, parts)
    except BrokenPipeError:  # the reader of our output has left: quietly, and without the interpreter's own complaint
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), output.out.fileno())
        return 1


def _run(words: list[str], parts: Parts) -> int:
    from . import log

    handler = log.start(parts.paths.log)
    try:
        with parts:
            code = app(args=words, prog_name="ayllu", standalone_mode=False, obj=parts)
        if code == Interrupted.exit_code and not parts.output.printed:
            raise KeyboardInterrupt
        return int(code or 0)
    except SystemExit as error:  # Typer's own way out of a broken pipe, and of `--show-completion`
        return error.code if isinstance(error.code, int) else 1
    except (KeyboardInterrupt, typer.Abort):
        return _tell(Interrupted(), parts)
    except AylluError as error:
        return _tell(error, parts)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _tell(_told(error, words, parts), parts)
    finally:
        log.stop(handler)


def _told(error: Exception, words: Sequence[str], parts: Parts) -> AylluError:
    """An error of Typer's or of nobody's, in our form."""
    if isinstance(error, _Wrong):
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "ayllu"
        message = str(error.format_message())  # type: ignore[attr-defined] # mypy cannot see through `_Wrong`
        hint = f"`{path} --help` shows how it is used."
        if message.startswith("No such command") and words and Path(words[0]).exists():
            hint = f"To read it first: `ayllu chat {words[0]}`."
        wrong = UsageError(message if message.endswith((".", "?")) else f"{message}.", hint=hint)
        wrong.__cause__ = error
        return wrong
    text = " ".join(str(error).split()) or "no message"
    unexpected = Unexpected(
        f"Something went wrong inside ayllu ({type(error).__name__}: {text}).",
        hint=f"The details are in {parts.paths.log}; `--debug` shows them here.",
    )
    unexpected.__cause__ = error
    return unexpected


def _tell(error: AylluError, parts: Parts) -> int:
    import logging

    if error.exit_code == AylluError.exit_code:
        foreseen = error.__cause__ is None  # then its words say all there is
        logging.getLogger("ayllu.cli").error("%s", error.message, exc_info=None if foreseen else error)
    if parts.flags.debug:
        import traceback

        parts.output.note("".join(traceback.format_exception(error)), style="")
    parts.output.error(error)
    return error.exit_code


def _plain(words: Sequence[str]) -> bool:
    """Typer itself prints these on stdout, as text."""
    return any(word in ("--help", "-h", "--show-completion", "--install-completion") for word in words)


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
    parts: Parts = context.obj
    if version:
        parts.output.result({"version": __version__})
        parts.output.say(f"ayllu {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.Exit(chat.run(parts, []))


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
    tree.add_typer(sources.app, name="sources")
    tree.add_typer(feedback.app, name="feedback")
    tree.add_typer(evaluate.app, name="eval")
    tree.add_typer(models.app, name="models")
    tree.add_typer(backends.app, name="backends")
    tree.add_typer(config.app, name="config")
    tree.command("doctor", epilog=_ANYWHERE)(doctor.doctor)
    tree.command("setup", epilog=_ANYWHERE)(setup.setup)
    return tree


app = _build()
