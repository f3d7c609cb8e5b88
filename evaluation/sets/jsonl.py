"""JSONL of `{"id", "question", "answers", "context", "is_impossible"?}`; the first line with a text names the document."""

from __future__ import annotations

from pathlib import Path

from .base import EvalDoc, EvalFileError, EvalQuestion, EvalSet, read_lines


def load_jsonl(path: Path) -> EvalSet | None:
    if path.is_dir():
        return None
    documents: dict[str, EvalDoc] = {}
    questions: list[EvalQuestion] = []
    for number, entry in read_lines(path, "id", "question", "answers", "context"):
        try:
            answers = [str(answer) for answer in entry["answers"]]
        except TypeError as error:
            raise EvalFileError(f"{path}, line {number}", f"it is not an entry ({error!r})") from error
        question_id, context = str(entry["id"]), str(entry["context"])
        document = documents.setdefault(context, EvalDoc(question_id, context))
        impossible = bool(entry.get("is_impossible")) or not answers
        relevant = {} if impossible else {document.id: 1}
        questions.append(EvalQuestion(question_id, str(entry["question"]), answers, relevant, impossible))
    return EvalSet.of_file(path, list(documents.values()), questions)
