"""Text out of pictures by the program `tesseract`, where it is installed.

A picture becomes words with their places, so that what is recognised is laid out as any other page is. The setting
`retrieval.ocr_languages` names the languages as Tesseract does ("eng+deu"; "off": nothing is recognised). Without it all
that are installed are looked for, up to a few.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from .base import Unreadable

HINT = "install Tesseract to read"
_SECONDS = 180  # a page: it takes some five of a quiet machine, many times that of a busy one
_LOOK_S = 5
_MOST_LANGUAGES = 4  # each costs time
_LEAST_CONFIDENCE = 30  # of 100
_NO_LANGUAGES = frozenset({"osd", "equ", "snum"})


OFF = "off"
_chosen = ""


def use_languages(names: str) -> None:
    """From now on, in this process: see above."""
    global _chosen
    _chosen = names


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its place in pixels, the y axis downwards. Words of one `line` stand beside each other."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    line: tuple[int, int, int]


def would_recognise(languages: str) -> bool:
    """Whether pictures are looked at with such a setting; which languages are installed is not asked."""
    return languages != OFF and bool(_program())


def is_available() -> bool:
    return bool(_program()) and bool(_languages())


def recognise(
    picture: bytes, dots_per_inch: int | None = None, alive: Callable[[], None] = lambda: None
) -> list[list[Word]]:
    """The words of a PNG, JPEG, TIFF or PNM picture, page by page. `alive` is called every few seconds.

    Raises:
        Unreadable: Tesseract gave up or took too long.
    """
    command = [_program(), "stdin", "stdout", "-l", _languages(), "--psm", "3"]
    if dots_per_inch:
        command += ["--dpi", str(dots_per_inch)]
    try:
        process = subprocess.Popen(
            [*command, "tsv"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except OSError as error:
        raise Unreadable(f"Tesseract cannot be started: {error.strerror}") from error
    with process:
        table, complaint = _communicate(process, picture, alive)
    if process.returncode:
        reason = complaint.decode("utf-8", "replace").strip().splitlines()
        raise Unreadable(f"Tesseract cannot read it: {reason[-1] if reason else process.returncode}")
    return _words(table.decode("utf-8", "replace"))


def _communicate(process: subprocess.Popen[bytes], picture: bytes, alive: Callable[[], None]) -> tuple[bytes, bytes]:
    waiting: bytes | None = picture
    for _ in range(_SECONDS // _LOOK_S):
        alive()
        try:
            return process.communicate(waiting, timeout=_LOOK_S)
        except subprocess.TimeoutExpired:
            waiting = None  # it is on its way
    process.kill()
    raise Unreadable(f"Tesseract took more than {_SECONDS} s over a page of it")


def _words(table: str) -> list[list[Word]]:
    pages: dict[int, list[Word]] = {1: []}
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip() and float(cells[10]) >= _LEAST_CONFIDENCE:
            left, top, width, height = map(float, cells[6:10])
            word = Word(
                cells[11].strip(), left, top, left + width, top + height, (int(cells[2]), int(cells[3]), int(cells[4]))
            )
            pages.setdefault(int(cells[1]), []).append(word)
    return [pages.get(number, []) for number in range(1, max(pages) + 1)]


@cache
def _program() -> str:
    return shutil.which("tesseract") or ""


def _languages() -> str:
    return "" if _chosen == OFF else _chosen or _installed_languages()


@cache
def _installed_languages() -> str:
    try:
        result = subprocess.run([_program(), "--list-langs"], capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    names = result.stdout.decode("utf-8", "replace").split("\n")[1:]
    usable = sorted({name.strip() for name in names if name.strip()} - _NO_LANGUAGES, key=lambda name: (name != "eng", name))
    return "+".join(name for name in usable[:_MOST_LANGUAGES] if "/" not in name)
