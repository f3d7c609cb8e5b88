"""A fixed set of questions of our own writing, over the sample's documents: what no learning may unlearn."""

from __future__ import annotations

import json
from importlib.resources import as_file, files

from ...evaluation import EvalDoc, EvalQuestion, EvalSet
from ...retrieval import sample_documents


def general_set() -> EvalSet:
    documents = [EvalDoc(name, text) for name, text in sample_documents().items()]
    with as_file(files("ayllu.retrieval").joinpath("sample_questions.jsonl")) as file:
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    questions = [
        EvalQuestion(
            row["id"], row["question"], row["answers"], {row["source"]: 1} if row["answers"] else {}, not row["answers"]
        )
        for row in rows
    ]
    return EvalSet(documents, questions)
