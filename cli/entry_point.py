"""The entry point, and the one place where errors become words and exit codes.

Exit 0: done. 1: it could not, in one sentence with a next step. 2: wrong usage. 130: interrupted.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence

from ..errors import AylluError, SystemRefused
from .context import CommandContext
from .errors import Interrupted, OutputFailed, Unexpected
from .global_flags import split_global_flags
from .output import Output
from .standard_streams import abandon_stdout, flush_stdout, open_closed_streams

_COLLECT_AFTER = 10_000  # new objects: with 700, looking for garbage takes a tenth of a short command, and finds none
_COMPLETE = "_AYLLU_COMPLETE"  # set by the shell whose user presses TAB
_NO_TELEMETRY = (
    ("ANONYMIZED_TELEMETRY", "False"),
    ("HF_HUB_DISABLE_TELEMETRY", "1"),
    ("ORT_DISABLE_TELEMETRY", "1"),
    ("DO_NOT_TRACK", "1"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Nothing is raised."""
    gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
    open_closed_streams()
    for variable in _NO_TELEMETRY:
        os.environ.setdefault(*variable)
    if os.environ.get(_COMPLETE):
        from . import tree

        return tree.complete()
    arguments = list(sys.argv[1:] if argv is None else argv)
    output = Output(json="--json" in arguments)
    try:
        code = _run_line(arguments, output)
        flush_stdout()
        return code
    except BrokenPipeError:  # the reader of our output has left: quietly, and without the interpreter's own complaint
        abandon_stdout()
    except OutputFailed as error:
        abandon_stdout()
        output.error(error)
    return 1


def _run_line(arguments: Sequence[str], output: Output) -> int:
    try:
        flags, words = split_global_flags(arguments)
        output.json = flags.json
        command = CommandContext(flags, output)
    except AylluError as error:  # nothing is open yet, not even the log
        output.error(error)
        return error.exit_code
    with contextlib.redirect_stdout(sys.stderr) if flags.json and not _plain(words) else contextlib.nullcontext():
        return _run(words, command)


def _run(words: list[str], command: CommandContext) -> int:
    from . import log_file

    handler = log_file.start(command.app.paths.log)
    try:
        with command:
            code = _run_command(words, command)
        if code == Interrupted.exit_code and not command.output.printed:
            raise KeyboardInterrupt
        return code
    except SystemExit as error:  # Typer's own way out of a broken pipe, and of `--show-completion`
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        return _report(Interrupted(), command)
    except OutputFailed:
        raise
    except AylluError as error:
        return _report(error, command)
    except BrokenPipeError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and _plain(words):
            raise OutputFailed(error) from error
        return _report(_unexpected(error, command), command)
    finally:
        log_file.stop(handler)


def _run_command(words: list[str], command: CommandContext) -> int:
    if command.app.paths.restoring.exists():
        from ..app.restore import finish_restore

        if outcome := finish_restore(command.app.paths):
            command.output.note(outcome)
    if words in ([], ["chat"]):  # nothing to parse: Typer's 0.1 s would stand before the first frame
        from ..app import ChatOptions
        from .chat import launcher

        return launcher.run(command, [], ChatOptions())
    from . import tree

    return tree.run(words, command)


def _unexpected(error: Exception, command: CommandContext) -> AylluError:
    if (refused := SystemRefused.of(error)) is not None:
        return refused
    text = " ".join(str(error).split()) or "no message"
    unexpected = Unexpected(
        f"Something went wrong inside ayllu ({type(error).__name__}: {text}).",
        hint=f"The details are in {command.app.paths.log}; `--debug` shows them here.",
    )
    unexpected.__cause__ = error
    return unexpected


def _report(error: AylluError, command: CommandContext) -> int:
    import logging

    if error.exit_code == AylluError.exit_code:
        error.log_once(logging.getLogger("ayllu.cli"))
    if command.flags.debug:
        import traceback

        command.output.note("".join(traceback.format_exception(error)), style="")
    command.output.error(error)
    return error.exit_code


def _plain(words: Sequence[str]) -> bool:
    """Typer itself prints these on stdout, as text."""
    return any(word in ("--help", "-h", "--show-completion", "--install-completion") for word in words)
