"""Questions of our own as judged sets: those on the sample, and how-to questions on the files in `docs/` (`how_to.jsonl`).

Both hold questions that none of their documents answers.
"""

import json
from importlib.resources import as_file, files
from pathlib import Path

from ayllu.retrieval import Document
from ayllu.retrieval.documents import parse
from judged import JudgedSet, Question

HERE = Path(__file__).parent
COLLECTION = "own"


def own_sets() -> list[JudgedSet]:
    with as_file(files("ayllu.retrieval")) as retrieval:
        sample = _judged(
            "sample", Path(retrieval) / "sample_questions.jsonl", sorted((Path(retrieval) / "sample").iterdir())
        )
    return [sample, _judged("how-to", HERE / "how_to.jsonl", sorted((HERE.parent / "docs").glob("*.md")))]


def _judged(name: str, questions: Path, texts: list[Path]) -> JudgedSet:
    entries = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    all_questions = [Question(entry["question"], entry["answers"], {}) for entry in entries]
    documents = [
        Document(COLLECTION, file.name, "own", parse(file.name, file.read_bytes())) for file in texts if file.is_file()
    ]
    return JudgedSet(
        name,
        questions,
        [question for question in all_questions if question.answers],
        COLLECTION,
        documents,
        [question for question in all_questions if not question.answers],
    )
