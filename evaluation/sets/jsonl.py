"""JSONL of `{"id", "question", "answers", "context", "evidence"?, "is_impossible"?}`, or with `contexts` and `history`.

A `context` is a document named by the first line with its text; `contexts`, `[{"id", "text"}]`, name theirs themselves. With
`history`, `[{"question", "answer"}]`, the question is the last turn of a conversation. `answerability`, where it stands, is
that of mtRAG (Katsis et al., 2025); else a question is unanswerable where it has no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .base import EvalDoc, EvalFileError, EvalQuestion, EvalSet, read_lines

_ANSWERABILITIES = ("ANSWERABLE", "PARTIAL", "UNANSWERABLE", "UNDERSPECIFIED")


def load_jsonl(path: Path) -> EvalSet | None:
    if path.is_dir():
        return None
    documents = _Documents()
    questions: list[EvalQuestion] = []
    for number, entry in read_lines(path, "id", "question", "answers"):
        where = f"{path}, line {number}"
        try:
            questions.append(_question(entry, documents, where))
        except (KeyError, TypeError, AttributeError) as error:
            raise EvalFileError(where, f"it is not an entry ({error!r})") from error
    return EvalSet.of_file(path, documents.all, questions)


class _Documents:
    """The documents of the lines so far, in order."""

    def __init__(self) -> None:
        self._by_id: dict[str, EvalDoc] = {}
        self._by_text: dict[str, EvalDoc] = {}

    @property
    def all(self) -> list[EvalDoc]:
        return list(self._by_id.values())

    def of_entry(self, entry: Mapping[str, Any], where: str) -> list[str]:
        """The ids of a line's documents.

        Raises:
            EvalFileError: an id that has a text already comes with another one.
        """
        if "contexts" not in entry:
            text = str(entry["context"])
            document = self._by_text.setdefault(text, EvalDoc(str(entry["id"]), text))
            return [self._keep(document, where)]
        return [self._keep(EvalDoc(str(each["id"]), str(each["text"])), where) for each in entry["contexts"]]

    def _keep(self, document: EvalDoc, where: str) -> str:
        if self._by_id.setdefault(document.id, document).text != document.text:
            raise EvalFileError(where, f"the document {document.id!r} has another text in a line before it")
        return document.id


def _question(entry: Mapping[str, Any], documents: _Documents, where: str) -> EvalQuestion:
    ids = documents.of_entry(entry, where)
    answers = [str(answer) for answer in entry["answers"]]
    history = [(str(turn["question"]), str(turn["answer"])) for turn in entry.get("history", ())]
    if "answerability" in entry:
        answerability = str(entry["answerability"]).upper()
        if answerability not in _ANSWERABILITIES:
            raise EvalFileError(where, f"{entry['answerability']!r} is no answerability ({', '.join(_ANSWERABILITIES)})")
    else:
        answerability = "UNANSWERABLE" if entry.get("is_impossible") or not answers else "ANSWERABLE"
    impossible = answerability == "UNANSWERABLE"
    conversation = history[0][0] if history else str(entry["question"])
    return EvalQuestion(
        str(entry["id"]),
        str(entry["question"]),
        answers,
        {} if impossible else dict.fromkeys(ids, 1),
        impossible,
        underspecified=answerability == "UNDERSPECIFIED",
        history=history,
        evidence=() if impossible else [str(sentence) for sentence in entry.get("evidence") or ()],
        unit=conversation if "contexts" in entry or history else ids[0],
    )
