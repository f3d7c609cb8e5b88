"""The entry point, and the one place where errors become words and exit codes.

Exit 0: done. 1: it could not, in one sentence with a next step. 2: wrong usage. 130: interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from ..errors import AylluError, UsageError
from .context import CommandContext
from .errors import Interrupted, Unexpected
from .global_flags import split_global_flags
from .output import Output

_NO_TELEMETRY = (
    ("ANONYMIZED_TELEMETRY", "False"),
    ("HF_HUB_DISABLE_TELEMETRY", "1"),
    ("ORT_DISABLE_TELEMETRY", "1"),
    ("DO_NOT_TRACK", "1"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Nothing is raised."""
    for variable in _NO_TELEMETRY:
        os.environ.setdefault(*variable)
    arguments = list(sys.argv[1:] if argv is None else argv)
    output = Output(json="--json" in arguments)
    try:
        flags, words = split_global_flags(arguments)
    except UsageError as error:
        output.error(error)
        return error.exit_code
    output.json = flags.json
    command = CommandContext(flags, output)
    try:
        with contextlib.redirect_stdout(sys.stderr) if flags.json and not _plain(words) else contextlib.nullcontext():
            return _run(words, command)
    except BrokenPipeError:  # the reader of our output has left: quietly, and without the interpreter's own complaint
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), output.out.fileno())
        return 1


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
    except AylluError as error:
        return _report(error, command)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _report(_unexpected(error, command), command)
    finally:
        log_file.stop(handler)


def _run_command(words: list[str], command: CommandContext) -> int:
    if words in ([], ["chat"]):  # nothing to parse: Typer's 0.1 s would stand before the first frame
        from ..app import ChatOptions
        from .chat import launcher

        return launcher.run(command, [], ChatOptions())
    from . import tree

    return tree.run(words, command)


def _unexpected(error: Exception, command: CommandContext) -> AylluError:
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
        foreseen = error.__cause__ is None  # then its words say all there is
        logging.getLogger("ayllu.cli").error("%s", error.message, exc_info=None if foreseen else error)
    if command.flags.debug:
        import traceback

        command.output.note("".join(traceback.format_exception(error)), style="")
    command.output.error(error)
    return error.exit_code


def _plain(words: Sequence[str]) -> bool:
    """Typer itself prints these on stdout, as text."""
    return any(word in ("--help", "-h", "--show-completion", "--install-completion") for word in words)
