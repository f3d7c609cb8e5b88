"""Subtitles as the speech that they are: what is said without a pause is a paragraph, with the time at which it begins."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

from ..base import BlockKind, Parsed
from ..builder import TextBuilder
from ..encoding import decode

_TIME = r"(?:(\d+):)?(\d\d?):(\d\d)[,.](\d{1,3})"
_TIMES = re.compile(rf"{_TIME}\s*-->\s*{_TIME}")
_TAG = re.compile(r"<v(?:\.[\w.]+)?\s+([^>]+)>|</?[\w.]+[^>]*>|\{\\[^}]*\}")
_PAUSE_S = 3.0
_LONGEST_S = 30.0  # of a paragraph


class _Cue(NamedTuple):
    start_s: float
    end_s: float
    text: str


def _cues(text: str) -> Iterator[_Cue]:
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        at = next((number for number, line in enumerate(lines[:3]) if _TIMES.search(line)), None)
        if at is None:
            continue
        match = _TIMES.search(lines[at])
        assert match is not None
        start, end = (_seconds(match.groups()[first : first + 4]) for first in (0, 4))
        words = " ".join(_TAG.sub(lambda tag: f"{tag[1]}: " if tag[1] else "", line).strip() for line in lines[at + 1 :])
        if words.strip():
            yield _Cue(start, end, " ".join(html.unescape(words).split()))


def _seconds(parts: tuple[str | None, ...]) -> float:
    hours, minutes, seconds, milliseconds = parts
    return (
        int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0) + int((milliseconds or "0").ljust(3, "0")) / 1000
    )


def _parse_as(media_type: str, content: bytes) -> Parsed:
    builder = TextBuilder()
    spoken: list[str] = []
    begins = last_end = 0.0

    def flush() -> None:
        clock = f"{int(begins) // 3600:02}:{int(begins) // 60 % 60:02}:{int(begins) % 60:02}"
        builder.add(" ".join(spoken), BlockKind.PARAGRAPH, context=clock)
        spoken.clear()

    for cue in _cues(decode(content)):
        long_enough = cue.start_s - begins > _LONGEST_S and spoken and spoken[-1].endswith((".", "?", "!", "…", "。"))
        if spoken and (cue.start_s - last_end > _PAUSE_S or long_enough or cue.start_s - begins > 3 * _LONGEST_S):
            flush()
        if not spoken:
            begins = cue.start_s
        if not spoken or spoken[-1] != cue.text:  # what stays on the screen is written again
            spoken.append(cue.text)
        last_end = cue.end_s
    flush()
    return builder.build(media_type)


def parse_srt(content: bytes) -> Parsed:
    return _parse_as("application/x-subrip", content)


def parse_vtt(content: bytes) -> Parsed:
    return _parse_as("text/vtt", content)
