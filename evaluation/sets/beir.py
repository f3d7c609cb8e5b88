"""A BEIR folder (Thakur et al., 2021): `corpus.jsonl`, `queries.jsonl` and graded `qrels/test.tsv`; it has no answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from .base import EvalDoc, EvalFileError, EvalQuestion, EvalSet, read_lines


def load_beir(path: Path) -> EvalSet | None:
    if not path.is_dir():
        return None
    grades = _read_grades(path / "qrels" / "test.tsv")
    documents = [
        EvalDoc(str(entry["_id"]), "\n".join(part for part in (entry.get("title"), entry["text"]) if part))
        for _, entry in read_lines(path / "corpus.jsonl", "_id", "text")
    ]
    questions = [
        EvalQuestion(query_id, str(entry["text"]), [], grades[query_id], unit=query_id)
        for _, entry in read_lines(path / "queries.jsonl", "_id", "text")
        if (query_id := str(entry["_id"])) in grades
    ]
    return EvalSet.of_file(path, documents, questions)


def _read_grades(qrels: Path) -> Mapping[str, Mapping[str, int]]:
    """For each judged query, the grade of each document that answers it."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for number, line in enumerate(qrels.read_text("utf-8-sig").splitlines(), start=1):
        if number == 1 or not line.strip():
            continue
        try:
            query_id, document_id, grade = line.split("\t")[:3]
            grades[query_id][document_id] = int(grade)
        except ValueError as error:
            raise EvalFileError(f"{qrels}, line {number}", "it is not query, document, grade") from error
    return {query_id: {name: grade for name, grade in judged.items() if grade > 0} for query_id, judged in grades.items()}
