"""One document read and parsed, here and now."""

from __future__ import annotations

import hashlib
import time
import traceback

from ..parsers import FORMATS, Format, Trifle, Unreadable, parse
from ..parsers.attached import leave_out
from ..parsers.tesseract import use_languages
from ..reading import Changing, FileState, look_at, read
from .tasks import Outcome, Task

_PAUSES_S = (0.1, 0.5)  # for a file that is being written


def perform(task: Task) -> Outcome:
    """Whatever is wrong with the document is in the outcome.

    Raises:
        MemoryError: there was not enough.
    """
    try:
        if task.content is None:
            state, content, kind = _read_at_rest(task)
        else:
            state, content, kind = None, task.content, FORMATS.get(task.media_type)
        digest = hashlib.sha256(content).hexdigest()
        mtime_ns = 0 if state is None or task.place else state.mtime_ns
        if task.unless == digest:
            return Outcome(sha256=digest, size=len(content), mtime_ns=mtime_ns)
        use_languages(task.ocr_languages)
        leave_out(dict(task.without))
        parsed = parse(task.source, content, kind, task.converter)
        if len(parsed.text) > task.max_bytes:
            raise Unreadable(f"there are {len(parsed.text):,} characters in it, too many (`retrieval.max_file_bytes`)")
        return Outcome(parsed, digest, len(content), mtime_ns)
    except Unreadable as error:
        return Outcome(error=str(error), trifle=isinstance(error, Trifle))
    except RecursionError:
        return Outcome(error="it is nested too deeply", trace=traceback.format_exc(limit=-5))
    except OSError as error:
        return Outcome(error=error.strerror or str(error) or type(error).__name__)
    except MemoryError:
        raise
    except Exception as error:  # an edge: one document's parser must not end the others
        reason = " ".join(str(error).split()) or type(error).__name__
        return Outcome(error=f"its parser failed: {reason}", trace=traceback.format_exc())


def _read_at_rest(task: Task) -> tuple[FileState | None, bytes, Format | None]:
    place = task.place or task.source
    for pause in _PAUSES_S:
        try:
            state = look_at(place)
            return state, *read(place, state, task.max_bytes)
        except Changing:
            time.sleep(pause)
    state = look_at(place)
    return state, *read(place, state, task.max_bytes)
