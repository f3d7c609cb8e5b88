"""The reader: a small encoder, learnt from corrections, that says where in a passage an answer begins and ends.

It reads question and passage together and in both directions, while the chat model reads on only; each sees what the other
misses, so the chat model's candidate spans are ranked by both. A BERT with two outputs a token (Devlin et al., 2018), told
which of the passage's words stand in the question (the exact match of Chen et al., 2017).
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..retrieval import STOP_WORDS
from .ranking import Ranked, rescored

log = logging.getLogger(__name__)
LONGEST = 384  # tokens of question and passage together
FILES = ("model.onnx", "tokenizer.json")
_WEIGHT = 0.2  # of the reader's log-probability, beside the score of `ranking`
_LEAST = -15.0  # log-probability of a span that it has not seen
_LONGEST_QUESTION = 1000  # characters
_WORD = re.compile(r"\w+", re.UNICODE)
_PASSAGE, _SHARED = 1, 2


@dataclass(frozen=True, slots=True)
class Coded:
    """Question and passage as the model reads them. A mark is 1 in the passage, 2 in its words that the question has too."""

    ids: Sequence[int]
    marks: Sequence[int]
    offsets: Sequence[tuple[int, int]]  # characters of the passage, for tokens whose mark is not 0

    def place(self, start: int, end: int) -> tuple[int, int] | None:
        """The first and the last token of the passage's characters from `start` to `end`; nothing where they are cut off."""
        inside = [at for at, (mark, (a, b)) in enumerate(zip(self.marks, self.offsets, strict=True)) if mark and b > start]
        first = next((at for at in inside if self.offsets[at][0] <= start), None)
        last = next((at for at in inside if self.offsets[at][0] < end <= self.offsets[at][1]), None)
        return (first, last) if first is not None and last is not None else None


def code(tokenizer: Any, question: str, passage: str) -> Coded:
    """The tokens of both; the end of a long passage is cut off."""
    question = question[:_LONGEST_QUESTION]
    both = tokenizer.encode(question, passage)
    asked = {word.lower() for word in _WORD.findall(question)} - STOP_WORDS
    told = [(one.start(), one.end()) for one in _WORD.finditer(passage) if one[0].lower() in asked]
    marks = [_PASSAGE if part == 1 else 0 for part in both.sequence_ids]
    for at, (start, end) in enumerate(both.offsets):
        if marks[at] and any(a <= start and end <= b for a, b in told):
            marks[at] = _SHARED
    return Coded(both.ids, marks, both.offsets)


def open_tokenizer(file: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_truncation(LONGEST, strategy="longest_first")
    tokenizer.no_padding()
    return tokenizer


class Reader:
    """A reader that was learnt, from its folder (`FILES`). Threads may share it."""

    def __init__(self, folder: Path) -> None:
        os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = os.cpu_count() or 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # leave the cores to llama.cpp
        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
        self._tokenizer = open_tokenizer(folder / "tokenizer.json")

    def read(self, question: str, passage: str) -> Reading:
        """Where in `passage` the answer to `question` may begin and end."""
        coded = code(self._tokenizer, question, passage)
        (scores,) = self._session.run(
            None, {"input_ids": np.array([coded.ids], np.int64), "marks": np.array([coded.marks], np.int64)}
        )
        return Reading(passage, coded, _log_softmax(np.asarray(scores[0], np.float64), np.array(coded.marks) > 0))


@dataclass(frozen=True, slots=True)
class Reading:
    """One passage as read: log-probabilities (tokens, 2) of an answer's beginning and end, 1 over the passage."""

    passage: str
    coded: Coded
    logprobs: NDArray[np.float64]

    def liking(self, span: str) -> float:
        """The log-probability of a span of the passage, of the likeliest where it stands there more than once."""
        best, at = _LEAST, self.passage.find(span)
        while at >= 0:
            if (place := self.coded.place(at, at + len(span))) is not None:
                best = max(best, float(self.logprobs[place[0], 0] + self.logprobs[place[1], 1]))
            at = self.passage.find(span, at + 1)
        return best


def reranked(reader: Reader, question: str, ranked: Sequence[Ranked], passages: Sequence[str]) -> list[Ranked]:
    """`ranked` in the order that ranking and reader together give them; `passages` are those of their sentences."""
    readings = {passage: reader.read(question, passage) for passage in {passages[one.sentence] for one in ranked}}
    scores = [one.score + _WEIGHT * readings[passages[one.sentence]].liking(one.text) for one in ranked]
    return rescored(ranked, scores)


def opened(folder: Path) -> Reader | None:
    """The reader in a folder; nothing where there is none, or where it cannot be loaded (the log says why)."""
    return _loaded(folder, (folder / FILES[0]).stat().st_mtime_ns) if (folder / FILES[0]).is_file() else None


@lru_cache(maxsize=2)  # the one in use and, in a comparison, another
def _loaded(folder: Path, changed: int) -> Reader | None:
    try:
        return Reader(folder)
    except Exception:  # an edge: the runtimes raise bare exceptions, and an answer must not hang on this
        log.warning("the reader in %s (%d) cannot be loaded; answers are ranked without it", folder, changed, exc_info=True)
        return None


def _log_softmax(scores: NDArray[np.float64], allowed: NDArray[np.bool_]) -> NDArray[np.float64]:
    held = np.where(allowed[:, None], scores, -1e4)
    top = held.max(0)
    return np.asarray(held - top - np.log(np.exp(held - top).sum(0)))
