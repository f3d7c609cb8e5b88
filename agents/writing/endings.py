"""Where a draft should have ended: before a loop, before a next question, before a written sign of the end."""

from __future__ import annotations

import re
from collections.abc import Sequence

_END_TOKEN = re.compile(
    r"(?<!`)(?:<\|(?:im_end|im_start|eot_id|eom_id|end|endoftext|user|assistant|system|start_header_id|return)\|>"
    r"|<｜(?:end▁of▁sentence|User|Assistant)｜>|</s>|<(?:end|start)_of_turn>|\[/?INST\])"
)
_OPENING = re.compile(  # what a chat template puts before an answer
    r"\s*(?:<s>|\[/INST\]|<\|(?:im_start|start_header_id)\|>\s*assistant\s*(?:<\|end_header_id\|>|\n)|<\|assistant\|>"
    r"|<｜Assistant｜>|<start_of_turn>\s*model\s*\n)\s*"
)
_OPENING_BEGUN = re.compile(r"\s*(?:<\|(?:im_start|start_header_id)\|>|<start_of_turn>)[^\n]{0,40}\Z")
_END_TOKEN_BEGUN = re.compile(r"(?:<[|｜/]?[\w▁]{0,20}[|｜]?|\[/?(?:I(?:NST?)?)?)\Z")
_TURNS = ("question", "passages", "human", "frage", "pregunta", "pasajes")
_TURN = re.compile(rf"\n[ \t#*_>]*(?:{'|'.join(_TURNS)})[*_ ]*:", re.IGNORECASE)
_TURN_BEGUN = re.compile(r"\n[ \t#*_>]*(\w*)[*_ ]*\Z")
_UNIT = re.compile(r"[^\n.!?。！？]+")
_UNIT_END = re.compile(r"[\n.!?。！？]\s*\Z")
_FENCE = "```"
_LIST_SIGN = re.compile(r"^\s*(?:[-*+•]|\d{1,4}[.)])\s+|\[\d{1,4}\]")
_BLOCK = 6  # units that a loop goes through, at most
_SEEN = 4_000  # characters at the end that are searched for a loop
_TIMES, _TIMES_IN_CODE = 3, 8  # a loop is one when it has come round so often
_BLOCK_LENGTH = 12  # characters of what is repeated, at least: "Yes." may be said thrice
_TAIL = 800  # characters that are searched for words and syllables that are repeated
_STUTTER = re.compile(r"(.{1,80}?)\1{7,}\Z", re.DOTALL)
_STUTTER_LENGTH = 80
_WORDLESS = 400  # characters without a letter or digit
_EACH = 40  # characters between two looks

LOOP = "The model began to repeat itself, and was stopped there."
NEXT_TURN = "The model went on to questions of its own; they are left out."


class DraftEnding:
    """A draft as it grows, cut where it should have ended: `ended` then, and `notice` says why, where there is a why."""

    def __init__(self) -> None:
        self.text = ""
        self.ended = False
        self.notice = ""
        self._shown = 0
        self._looked = 0

    def add(self, piece: str) -> str:
        """What can be shown now, and was not before."""
        if self.ended:
            return ""
        since = max(0, len(self.text) - 40)
        self.text += piece
        if not self._shown and (opening := _OPENING.match(self.text)):
            self.text, since = self.text[opening.end() :], 0
        elif not self._shown and _OPENING_BEGUN.match(self.text):
            return ""  # the rest of it may come
        if token := _END_TOKEN.search(self.text, since):
            return self.end(token.start())
        if (turn := _TURN.search(self.text, since)) and not _leads_to_questions(self.text[: turn.start()]):
            return self.end(turn.start(), NEXT_TURN)
        if "\n" in piece or len(self.text) - self._looked >= _EACH:
            self._looked = len(self.text)
            if (place := loop_begin(self.text)) is not None:
                return self.end(place, LOOP)
        return self._show_up_to(len(self.text) - _begun(self.text))

    def end(self, place: int | None = None, notice: str = "") -> str:
        """End it here, or at an earlier `place`; returns what was not shown yet."""
        if not self.ended:
            self.text, self.ended, self.notice = self.text[:place].rstrip(), True, notice
        return self._show_up_to(len(self.text))

    def _show_up_to(self, end: int) -> str:
        new = self.text[self._shown : end]
        self._shown = max(end, self._shown)
        return new


def cut_ending(draft: str) -> tuple[str, str]:
    """A draft that came at once, as `DraftEnding` would have it, and the notice."""
    ending = DraftEnding()
    for place in range(0, len(draft), _EACH):
        ending.add(draft[place : place + _EACH])
    ending.end()
    return ending.text, ending.notice


def loop_begin(text: str) -> int | None:
    """Where the first repetition begins, if `text` ends in a loop."""
    in_code = text.count(_FENCE) % 2 == 1
    offset = max(0, len(text) - _SEEN, 0 if in_code else text.rfind(_FENCE))
    end = (
        len(text) if _UNIT_END.search(text) else max(text.rfind(sign) for sign in "\n.!?。！？")
    )  # the last one is not written out
    units = [
        (offset + match.end(), words)
        for match in _UNIT.finditer(text, offset, max(end, offset))
        if (words := _words(match[0])) and not words.isdigit()
    ]
    if (place := _unit_loop(units, _TIMES_IN_CODE if in_code else _TIMES)) is not None:
        return place + len(text[place:]) - len(text[place:].lstrip(".!?。！？"))
    tail = text[-_TAIL:]
    stutter = _STUTTER.search(tail)
    if stutter and len(stutter[0]) >= _STUTTER_LENGTH and re.search(r"\w", stutter[1]):
        return len(text) - len(tail) + stutter.end(1)
    wordless = text[-_WORDLESS:]
    return len(text.rstrip()) if len(wordless) == _WORDLESS and not re.search(r"\w", wordless) else None


def _unit_loop(units: Sequence[tuple[int, str]], times: int) -> int | None:
    """Where the first of the repeated blocks ends."""
    words = [each for _, each in units]
    for size in range(1, _BLOCK + 1):
        block = words[-size:]
        if len(words) < times * size or sum(map(len, block)) < _BLOCK_LENGTH:
            continue
        first = len(words) - size
        while first >= size and words[first - size : first] == block:
            first -= size
        if len(words) - first >= times * size:
            return units[first + size - 1][0]
    return None


def _words(unit: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", _LIST_SIGN.sub("", unit)).casefold().split())


def _leads_to_questions(text: str) -> bool:
    """Whether questions belong to the answer: it announces them, has some already, or there is nothing before."""
    before = text.rstrip(" \t\n*_")
    return not before or before.endswith(":") or before.lstrip(" \t\n#*_>").casefold().startswith(_TURNS)


def _begun(text: str) -> int:
    """Characters at the end that may yet become the sign of an end."""
    if token := _END_TOKEN_BEGUN.search(text):
        return len(text) - token.start()
    turn = _TURN_BEGUN.search(text)
    return len(text) - turn.start() if turn and any(word.startswith(turn[1].casefold()) for word in _TURNS) else 0
