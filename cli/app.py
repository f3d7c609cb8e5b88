"""The entry point, and the one place where errors become words and exit codes.

Exit 0: done. 1: it could not, in one sentence with a next step. 2: wrong usage. 130: interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

from ..errors import AylluError, UsageError
from .compose import Parts
from .failures import Interrupted, Unexpected
from .flags import take
from .output import Output

_NO_TELEMETRY = (
    ("ANONYMIZED_TELEMETRY", "False"),
    ("HF_HUB_DISABLE_TELEMETRY", "1"),
    ("ORT_DISABLE_TELEMETRY", "1"),
    ("DO_NOT_TRACK", "1"),
)


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
            if words in ([], ["chat"]):  # nothing to parse: Typer's 0.1 s would stand before the first frame
                from . import talk

                code = talk.run(parts, [])
            else:
                from . import tree

                code = tree.run(words, parts)
        if code == Interrupted.exit_code and not parts.output.printed:
            raise KeyboardInterrupt
        return code
    except SystemExit as error:  # Typer's own way out of a broken pipe, and of `--show-completion`
        return error.code if isinstance(error.code, int) else 1
    except KeyboardInterrupt:
        return _tell(Interrupted(), parts)
    except AylluError as error:
        return _tell(error, parts)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _tell(_unexpected(error, parts), parts)
    finally:
        log.stop(handler)


def _unexpected(error: Exception, parts: Parts) -> AylluError:
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
