"""A fixed set of questions of our own writing, over the sample's documents: what no learning may unlearn."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import as_file, files

from ...evaluation import EvalDoc, EvalQuestion, EvalSet
from ...retrieval import Embedder, sample_documents
from .corrections import Correction
from .duplicates import EVALUATED, PosedQuestion, repeated


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


def without_corrected(general: EvalSet, corrections: Sequence[Correction], embedder: Embedder | None) -> EvalSet:
    """Those of the questions that are not learnt from: somebody who tries the sample corrects the same."""
    questions = general.questions
    posed = [PosedQuestion(each.question, each.answers) for each in questions]
    reasons = repeated(posed, [correction.posed for correction in corrections], embedder)
    return EvalSet(general.documents, [each for at, each in enumerate(questions) if reasons.get(at) != EVALUATED])
