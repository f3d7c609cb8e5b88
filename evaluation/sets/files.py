"""Evaluation files in three forms: SQuAD JSON, JSONL with contexts, a BEIR folder."""

from __future__ import annotations

import itertools
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import AylluError


class EvalFileError(AylluError):
    """An evaluation file that is none of the three forms, or has a bad entry."""

    kind = "eval_file"

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"{where}: {what}.",
            hint='Give SQuAD JSON, JSONL of {"id", "question", "answers", "context"}, or a BEIR folder.',
        )


@dataclass(frozen=True, slots=True)
class EvalDoc:
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """One question. `relevant` gives the grade of each document that answers it; empty where it is impossible."""

    id: str
    question: str
    answers: Sequence[str]
    relevant: Mapping[str, int]
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class EvalSet:
    documents: Sequence[EvalDoc]
    questions: Sequence[EvalQuestion]

    def sample(self, limit: int | None, seed: int) -> Sequence[EvalQuestion]:
        """`limit` questions spread over the whole file, in its order, with its share of unanswerable ones."""
        if limit is None or limit >= len(self.questions):
            return self.questions
        chance = random.Random(seed)
        impossible = [one for one in self.questions if one.impossible]
        share = round(limit * len(impossible) / len(self.questions))
        possible = [one for one in self.questions if not one.impossible]
        chosen = {one.id for one in _spread(impossible, share, chance)}
        chosen |= {one.id for one in _spread(possible, limit - share, chance)}
        return [one for one in self.questions if one.id in chosen]


def _spread(questions: Sequence[EvalQuestion], count: int, chance: random.Random) -> list[EvalQuestion]:
    """One from each of `count` equal stretches."""
    edges = [len(questions) * at // count for at in range(count + 1)] if count else []
    return [questions[chance.randrange(first, last)] for first, last in itertools.pairwise(edges) if first < last]


def load_eval_file(path: Path) -> EvalSet:
    """Read an evaluation file or folder.

    Raises:
        EvalFileError: it cannot be read, or an entry is wrong; the message names file and line.
    """
    try:
        if path.is_dir():
            return _beir(path)
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise EvalFileError(str(path), f"it cannot be read ({error})") from error
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return _jsonl(path, text)
    if isinstance(whole, dict) and "data" in whole:
        return _squad(path, whole)
    return _jsonl(path, text)


def _squad(path: Path, whole: Mapping[str, Any]) -> EvalSet:
    documents: list[EvalDoc] = []
    questions: list[EvalQuestion] = []
    try:
        for article in whole["data"]:
            for paragraph in article["paragraphs"]:
                document = EvalDoc(str(len(documents)), str(paragraph["context"]))
                documents.append(document)
                for asked in paragraph["qas"]:
                    impossible = bool(asked.get("is_impossible"))
                    answers = [] if impossible else [str(answer["text"]) for answer in asked["answers"]]
                    questions.append(
                        EvalQuestion(
                            str(asked["id"]),
                            str(asked["question"]),
                            answers,
                            {} if impossible else {document.id: 1},
                            impossible,
                        )
                    )
    except (KeyError, TypeError, AttributeError) as error:
        raise EvalFileError(f"{path}, paragraph {len(documents)}", f"it is not SQuAD JSON ({error!r})") from error
    return _whole(path, documents, questions)


def _jsonl(path: Path, text: str) -> EvalSet:
    documents: dict[str, EvalDoc] = {}
    questions: list[EvalQuestion] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            answers, context, name = [str(one) for one in entry["answers"]], str(entry["context"]), str(entry["id"])
            document = documents.setdefault(context, EvalDoc(name, context))
            impossible = bool(entry.get("is_impossible")) or not answers
            relevant = {} if impossible else {document.id: 1}
            questions.append(EvalQuestion(name, str(entry["question"]), answers, relevant, impossible))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise EvalFileError(f"{path}, line {number}", f"it is not an entry ({error!r})") from error
    return _whole(path, list(documents.values()), questions)


def _beir(folder: Path) -> EvalSet:
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    qrels = folder / "qrels" / "test.tsv"
    for number, line in enumerate(qrels.read_text("utf-8-sig").splitlines(), start=1):
        cells = line.split("\t")
        if number == 1 or not line.strip():
            continue
        try:
            grades[cells[0]][cells[1]] = int(cells[2])
        except (IndexError, ValueError) as error:
            raise EvalFileError(f"{qrels}, line {number}", "it is not query, document, grade") from error
    documents = [
        EvalDoc(str(entry["_id"]), "\n".join(part for part in (entry.get("title"), entry["text"]) if part))
        for entry in _entries(folder / "corpus.jsonl", "_id", "text")
    ]
    questions = [
        EvalQuestion(name, str(entry["text"]), [], {one: grade for one, grade in grades[name].items() if grade > 0})
        for entry in _entries(folder / "queries.jsonl", "_id", "text")
        if (name := str(entry["_id"])) in grades
    ]
    return _whole(folder, documents, questions)


def _entries(path: Path, *needed: str) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines(), start=1):
        if line.strip():
            try:
                entry = json.loads(line)
                _ = [entry[key] for key in needed]
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise EvalFileError(f"{path}, line {number}", f"it is not an entry ({error!r})") from error
            yield entry


def _whole(path: Path, documents: Sequence[EvalDoc], questions: Sequence[EvalQuestion]) -> EvalSet:
    if not documents or not questions:
        raise EvalFileError(str(path), "there is no question in it")
    return EvalSet(documents, questions)
