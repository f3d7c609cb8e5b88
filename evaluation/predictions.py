"""Predictions: a line of JSON for each question asked, with all that is needed to score it again, and what made it.

`gold` is what the evaluation file says of the question, `run` the settings, versions and hashes that the answer came about
under. Lines are written as the answers come, so that a run that was cut off goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from ..errors import AylluError
from .sets import EvalQuestion


class PredictionsUnusable(AylluError):
    """A file of predictions that cannot be read, or that another run has written."""

    kind = "predictions"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What came of one question. Texts of passages are those shown, the cited ones by their marks."""

    id: str
    answer: str
    short: str
    kind: str
    abstained: bool
    citations: Sequence[str]  # texts of the cited passages
    evidence: Sequence[str]
    ranked: Sequence[str]  # document ids, best first, for the question as it was searched for
    answerable: float = 0.0  # the critic's probability
    ranked_typed: Sequence[str] | None = None  # the same for the question as it was typed; None where it is no other
    query: str = ""  # as it was searched for
    style: str = ""
    draft: str = ""  # the model's last words, whatever became of them
    passages: Sequence[str] = ()  # all shown, cited ones first
    supported: float | None = None  # share of the answer's sentences that a passage supports; None: it is no prose
    citation_support: float | None = None  # of its sentences with marks, the share that a passage so marked supports
    second_reading: Mapping[str, Any] | None = None  # as in the answer; None: nobody else read, or has found nothing
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Gold:
    """What the evaluation file says of a question, and whether its answers are prose."""

    question: EvalQuestion
    long_answers: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self.question), "long_answers": self.long_answers}

    @classmethod
    def from_json(cls, entry: Mapping[str, Any]) -> Gold:
        known = {field.name for field in fields(EvalQuestion)}
        question = {name: value for name, value in entry.items() if name in known}
        question["history"] = [tuple(turn) for turn in entry.get("history", ())]
        return cls(EvalQuestion(**question), bool(entry.get("long_answers")))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file. Without `gold` and `run` it was written by others."""

    prediction: Prediction
    gold: Gold | None = None
    run: Mapping[str, Any] | None = None

    def to_json(self) -> str:
        extra = {
            "gold": self.gold.to_json() if self.gold else None,
            "run": self.run,
        }
        return json.dumps({**asdict(self.prediction), **extra})


def read_lines(path: Path) -> list[Line]:
    """What a file holds; the same id may stand there several times.

    Raises:
        PredictionsUnusable: it cannot be read, or a line is no prediction.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PredictionsUnusable(
            f"The predictions {path} cannot be read: {error}.", hint="Name a file that `ayllu eval answers` wrote."
        ) from error
    return list(_parse(text, path))


def _parse(text: str, path: Path) -> Iterator[Line]:
    known = {field.name for field in fields(Prediction)}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            prediction = Prediction(**{name: value for name, value in entry.items() if name in known})
            gold = Gold.from_json(entry["gold"]) if entry.get("gold") else None
        except (ValueError, RecursionError, TypeError, AttributeError) as error:
            raise PredictionsUnusable(
                f"{path}, line {number}: it is no prediction ({error}).",
                hint="Name a file that `ayllu eval answers --predictions` wrote.",
            ) from error
        yield Line(prediction, gold, entry.get("run"))


class PredictionsFile:
    """A file that one run writes. What is there already is of the same run, and need not be asked again."""

    def __init__(self, path: Path | None, run: Mapping[str, Any]) -> None:
        """Without a `path`, nothing is written.

        Raises:
            PredictionsUnusable: it holds what another run wrote, or something else.
        """
        self.run: Mapping[str, Any] = json.loads(json.dumps(run))  # as it is when it is read again
        self._path = path
        self._file: IO[str] | None = None
        self.written: dict[str, Prediction] = {}
        if path is not None and path.is_file():
            self._resume(path)
        elif path is not None and path.exists():
            raise self._taken(path, "no predictions: it is no file")

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("a", encoding="utf-8")
            except OSError as error:
                raise PredictionsUnusable(
                    f"No predictions can be written to {self._path}: {error}.", hint="Name a file that you may write."
                ) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, prediction: Prediction, gold: Gold) -> None:
        self.written[prediction.id] = prediction
        if self._file is not None:
            self._file.write(Line(prediction, gold, self.run).to_json() + "\n")
            self._file.flush()

    def _resume(self, path: Path) -> None:
        """Take what is there. A last line that was cut off with its run is taken away."""
        content = path.read_bytes()
        end = content.rfind(b"\n") + 1
        try:
            lines = list(_parse(content[:end].decode("utf-8"), path))
        except UnicodeDecodeError as error:
            raise self._taken(path, "something else than predictions") from error
        except PredictionsUnusable as error:
            raise self._taken(path, f"something else ({error.message})") from error
        if content and not lines and not content.startswith(b'{"id"'):
            raise self._taken(path, "something else than predictions")
        for line in lines:
            if line.run != self.run:
                raise self._taken(path, f"the answers of another run: {_difference(line.run, self.run)}")
            self.written[line.prediction.id] = line.prediction
        if end < len(content):
            with path.open("r+b") as file:
                file.truncate(end)

    @staticmethod
    def _taken(path: Path, what: str) -> PredictionsUnusable:
        return PredictionsUnusable(
            f"{path} holds {what}.", hint="Name another file for the predictions, or move that one away."
        )


def _difference(there: Mapping[str, Any] | None, here: Mapping[str, Any]) -> str:
    if there is None:
        return "it does not say which"
    old, new = flatten(there), flatten(here)
    name = next(name for name in {**old, **new} if old.get(name) != new.get(name))
    return f"`{name}` was {json.dumps(old.get(name))}, and is {json.dumps(new.get(name))} now"


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        flat |= flatten(value, f"{prefix}{name}.") if isinstance(value, Mapping) else {f"{prefix}{name}": value}
    return flat
