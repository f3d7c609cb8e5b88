"""Sets of questions with judged passages, of several kinds, for what is chosen by measurement.

A set is an evaluation file or folder, or the folder of a library that `benchmarks/manuals.py --whole --home HOME` filled
(`HOME/library`), whose questions stand in `manuals.jsonl`. Vectors are kept by text, so that no text is embedded twice.
"""

import contextlib
import hashlib
import json
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.evaluation import EvalQuestion, EvalSet, load_eval_file
from ayllu.evaluation.corpus import EVAL_COLLECTION
from ayllu.models import ModelStore
from ayllu.retrieval import Document, Library, Parsed, Passage, Vectors
from ayllu.retrieval.embedders.onnx import OnnxEmbedder
from manuals import COLLECTION, QUESTIONS, is_right, squeeze

SEED = 1
RIGHT = "right"


class KeptVectors(OnnxEmbedder):
    """The default embedder, which embeds no text twice."""

    def __init__(self, folder: Path) -> None:
        super().__init__(ModelStore(paths.find().models))
        self._file = folder / "vectors.npz"
        self._saved = 0
        self.known: dict[str, Vectors] = {}
        if self._file.exists():
            kept = np.load(self._file)
            self.known = dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))
            self._saved = len(self.known)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        keys = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self.known}
        if new:
            self.known |= dict(zip(new, super().embed_documents(list(new.values())), strict=True))
        return np.stack([self.known[key] for key in keys]) if keys else np.zeros((0, self.dimensions), np.float32)

    def save(self) -> None:
        if len(self.known) > self._saved:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._file, keys=np.array(list(self.known)), rows=np.stack(list(self.known.values())))
            self._saved = len(self.known)


@dataclass(frozen=True)
class Question:
    """`relevant`: the grade of each document that answers; of manuals, that of a right passage, whichever it is."""

    text: str
    answers: Sequence[str]
    relevant: Mapping[str, int]
    passages: Sequence[Sequence[str]] = ()  # of manuals: what a right one must contain, any of these
    history: Sequence[tuple[str, str]] = ()  # the conversation before it

    def document(self, passage: Passage) -> str:
        """What a hit counts as."""
        if not self.passages:
            return passage.source
        return RIGHT if is_right(passage, self.passages) else passage.chunk_id


@dataclass(frozen=True)
class JudgedSet:
    name: str
    path: Path
    questions: Sequence[Question]  # each with an answer
    collection: str
    documents: Sequence[Document] = ()  # of manuals none: they are read already
    unanswerable: Sequence[Question] = ()  # questions that none of its documents answers

    @contextlib.contextmanager
    def library(self, embedder: KeptVectors, chunk_tokens: int | None = None) -> Iterator[Library]:
        """Its documents in a library: a temporary one, or that of the manuals, which is only read."""
        if not self.documents:
            with Library.open(self.path, embedder) as library:
                yield library
            return
        with tempfile.TemporaryDirectory(prefix="ayllu-judged-") as folder, Library.open(Path(folder), embedder) as library:
            with library.writing():
                library.add(self.documents, chunk_tokens=chunk_tokens)
            embedder.save()
            yield library


def load_sets(files: Sequence[Path], most: int, *, titles: bool = False) -> list[JudgedSet]:
    """At most `most` questions of each, spread over it. `titles`: see `_documents`."""
    return [_manuals(file) if (file / "library.sqlite").exists() else _evaluation(file, most, titles) for file in files]


def _manuals(folder: Path) -> JudgedSet:
    """Of the answerable questions those of which a right passage is there."""
    entries = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    with contextlib.closing(sqlite3.connect(f"file:{folder / 'library.sqlite'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT heading || ' ' || context || ' ' || text FROM chunks")
        texts = [squeeze(text) for (text,) in rows]

    def is_there(wanted: Sequence[Sequence[str]]) -> bool:
        return any(all(part in text for part in parts) for parts in _squeezed(wanted) for text in texts)

    questions = [
        Question(entry["question"], entry["answer"], {RIGHT: 1}, entry["passage"])
        for entry in entries
        if is_there(entry["passage"])
    ]
    unanswerable = [Question(entry["question"], (), {}) for entry in entries if not entry["passage"]]
    return JudgedSet("manuals", folder, questions, COLLECTION, unanswerable=unanswerable)


def _squeezed(wanted: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[squeeze(part) for part in parts] for parts in wanted]


def _evaluation(file: Path, most: int, titles: bool) -> JudgedSet:
    eval_set = load_eval_file(file)
    answerable = EvalSet(eval_set.documents, [question for question in eval_set.questions if question.relevant])
    return JudgedSet(
        file.stem,
        file,
        [_question(question) for question in answerable.sample(most, SEED)],
        EVAL_COLLECTION,
        _documents(file, eval_set, titles=titles),
        [_question(question) for question in eval_set.questions if question.impossible],
    )


def _question(question: EvalQuestion) -> Question:
    return Question(question.question, question.answers, question.relevant, history=question.history)


def _documents(file: Path, eval_set: EvalSet, *, titles: bool) -> list[Document]:
    """As `ayllu eval` reads them, or as it would read a file with this title: with the headings that are seen in plain text.

    The title is that of a SQuAD file's article, or a short first line with an empty one below it.
    """
    named = _article_titles(file) if titles else {}
    documents = []
    for document in eval_set.documents:
        parsed = Parsed(document.text, "text/plain")
        if titles:
            parsed = _with_title(document.text, named.get(document.id, ""))
        documents.append(Document(EVAL_COLLECTION, document.id, "evaluation", parsed))
    return documents


def _with_title(text: str, title: str) -> Parsed:
    from ayllu.retrieval.documents.parsers.prose import find_blocks

    first, blank, rest = text.partition("\n\n")
    if not title and blank and len(first) < 200 and "\n" not in first:
        title, text = first.strip(), rest
    return Parsed(text, "text/plain", title=title, blocks=find_blocks(text), has_lines=True)


def _article_titles(file: Path) -> dict[str, str]:
    """By paragraph number, as `load_squad` counts; none for other forms."""
    if file.suffix != ".json":
        return {}
    articles = json.loads(file.read_text("utf-8"))["data"]
    titles = [article.get("title", "").replace("_", " ") for article in articles for _ in article["paragraphs"]]
    return {str(number): title for number, title in enumerate(titles)}


def best_elsewhere(scores: Mapping[str, Mapping[str, float]], left_out: str, *beginnings: str) -> str:
    """Of `scores[way][set]` the way, of those whose name begins so, with the best mean over the other sets."""
    names = [name for name in scores if name.startswith(beginnings)]
    return max(names, key=lambda name: sum(score for other, score in scores[name].items() if other != left_out))
