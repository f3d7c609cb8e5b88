"""What a model thinks aloud, parted from what it answers.

Models write it between tags of their own; AutoGen's client makes such tags of the `reasoning_content` of servers. Some chat
templates open the tag themselves, so that only its end is ever written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

_NAMES = r"(?:seed:)?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)"
_OPEN = (
    rf"<{_NAMES}>|<[|｜]{_NAMES}[|｜]>|\[THINK\]|◁think▷|<\|begin_of_thought\|>"
    r"|<\|channel\|>(?:analysis|commentary)<\|message\|>|<\|channel>thought"
)
_CLOSE = (
    rf"</{_NAMES}>|<[|｜]/{_NAMES}[|｜]>|<[|｜]end_?(?:of_)?{_NAMES}[|｜]>|\[/THINK\]|◁/think▷"
    r"|(?:<\|end\|>)?(?:<\|start\|>assistant)?<\|channel\|>final<\|message\|>|<channel\|>"
)
_TAG = re.compile(rf"(?P<open>{_OPEN})|(?P<close>{_CLOSE})", re.IGNORECASE)
_BEGUN = re.compile(  # a tag, or several in a row, of which the rest may come
    r"[<◁][^\s>▷]{0,40}\Z|\[/?(?:T(?:H(?:I(?:NK?)?)?)?)?\Z|<\|channel>\w*\Z|(?:<\|\w*\|>\w*){1,4}(?:<\|?\w*\|?)?\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a draft. `answer` and `thought` go on; `taken_back`: all that went as answer so far was thought."""

    kind: Literal["answer", "thought", "taken_back"]
    text: str = ""


class ThoughtSplitter:
    """Parts a draft as it comes; `answer` and `thought` are what it came to. In backticks a tag is somebody's word for it.

    Thought that is never closed is no answer, unless a tag within it was: what follows the last one is the answer then. One
    that begins amid a line and is never closed was no thought.
    """

    def __init__(self) -> None:
        self.answer = ""
        self.thought = ""
        self._rest = ""
        self._depth = 0
        self._amid = ""  # thought that began amid a line, with its tag
        self._since_close: str | None = None  # within nested thought: what was written after the last tag that closed

    def add(self, piece: str) -> list[Part]:
        """What can be told of the draft now; the beginning of a tag waits for the rest of it."""
        self._rest += piece
        parts: list[Part] = []
        while tag := _TAG.search(self._rest):
            before, written, self._rest = self._rest[: tag.start()], tag[0], self._rest[tag.end() :]
            parts += self._take(before)
            parts += self._open(written) if tag["open"] else self._close(written)
        begun = _BEGUN.search(self._rest)
        place = begun.start() if begun else len(self._rest)
        now, self._rest = self._rest[:place], self._rest[place:]
        return parts + self._take(now)

    def finish(self) -> list[Part]:
        """What waited; and the answer, where it was taken for thought."""
        rest, self._rest = self._rest, ""
        parts = self._take(rest)
        if self._depth and self._amid:
            answer, self._depth = self._amid, 0
            self.thought = self.thought.removesuffix(answer.partition(">")[2]).rstrip()
            parts += self._take(answer)
        elif self._depth and self._since_close is not None:
            answer, self._depth = self._since_close.lstrip(), 0
            self.thought = self.thought.removesuffix(self._since_close)
            parts += self._take(answer)
        return parts

    def _take(self, text: str) -> list[Part]:
        if not text:
            return []
        if self._depth:
            self.thought += text
            self._amid += text if self._amid else ""
            if self._since_close is not None:
                self._since_close += text
            return [Part("thought", text)]
        if self.thought and (not self.answer or self.answer[-1].isspace()):
            text = text.lstrip()
        self.answer += text
        return [Part("answer", text)] if text else []

    def _open(self, tag: str) -> list[Part]:
        line = self.answer.rpartition("\n")[2]
        if self._depth == 0 and line.count("`") % 2:
            return self._take(tag)  # somebody writes about tags
        if self._depth == 0 and line.strip():
            self._amid = tag
        if self._depth:
            self.thought += tag
        elif self.thought:
            self.thought += "\n\n"
        self._depth += 1
        self._since_close = None if self._depth == 1 else self._since_close
        return []

    def _close(self, tag: str) -> list[Part]:
        if self._depth > 1:
            self._depth -= 1
            self.thought += tag
            self._since_close = ""
            return []
        if self._depth == 1:
            self._depth, self._amid = 0, ""
            return []
        if self.thought or self.answer.endswith("`"):
            return [] if self.thought and not self.answer.endswith("`") else self._take(tag)
        self.thought, self.answer = self.answer, ""
        return [Part("taken_back")]


def split_thought(draft: str) -> tuple[str, str]:
    """The answer and the thought of a draft that has come to its end."""
    splitter = ThoughtSplitter()
    splitter.add(draft)
    splitter.finish()
    return splitter.answer.strip(), splitter.thought.strip()
