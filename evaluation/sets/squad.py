"""SQuAD JSON, 1.1 and 2.0 (Rajpurkar et al., 2016 and 2018): each paragraph is a document, its number in the file its id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .base import EvalDoc, EvalFileError, EvalQuestion, EvalSet


def load_squad(path: Path) -> EvalSet | None:
    try:
        content = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict) or "data" not in content:
        return None
    documents: list[EvalDoc] = []
    questions: list[EvalQuestion] = []
    try:
        for article in content["data"]:
            for paragraph in article["paragraphs"]:
                document = EvalDoc(str(len(documents)), str(paragraph["context"]))
                documents.append(document)
                questions += [_question(entry, document) for entry in paragraph["qas"]]
    except (KeyError, TypeError, AttributeError) as error:
        raise EvalFileError(f"{path}, paragraph {len(documents)}", f"it is not SQuAD JSON ({error!r})") from error
    return EvalSet.of_file(path, documents, questions)


def _question(entry: Mapping[str, Any], document: EvalDoc) -> EvalQuestion:
    impossible = bool(entry.get("is_impossible"))
    answers = [] if impossible else [str(answer["text"]) for answer in entry["answers"]]
    relevant = {} if impossible else {document.id: 1}
    return EvalQuestion(str(entry["id"]), str(entry["question"]), answers, relevant, impossible, unit=document.id)
