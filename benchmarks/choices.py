"""Chunk sizes, prefixes, the weight of headings and diversity on several sets: `python benchmarks/choices.py SET [SET …]`.

SETs: see `judged.py`; documents are read with their titles, of each set the first that have `--characters` together. From
what is in use each choice is varied alone: chunks of 128 or 256 tokens; a chunk embedded without the title and headings
above it; the weight of their words in keyword search; diversity. A set is scored by where the first right passage comes
among ten, each read with its neighbours as it is shown: nDCG@10 where nothing else is right. Right is a passage of the right
document that holds a gold answer; where none stands there as it is worded, any of the document; of manuals, what
`manuals.jsonl` says. Then for each choice, leaving one set out, what is best on the others and what it changes there. Of
manuals, documents that hold the answers are read anew with some others (`--others`).
"""

import argparse
import contextlib
import json
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import numpy as np
from ayllu.evaluation.metrics import contains
from ayllu.retrieval import Library, Passage
from ayllu.retrieval.docstore import keyword_index
from ayllu.retrieval.documents import IngestOptions, adding
from ayllu.retrieval.ranking import join_neighbours
from ayllu.retrieval.requests import DIVERSITY
from judged import RIGHT, JudgedSet, KeptVectors, Question, best_elsewhere, load_sets
from manuals import COLLECTION, SOME

DEPTH = 10


@dataclass(frozen=True)
class Choice:
    name: str
    tokens: int = adding.CHUNK_TOKENS
    prefix: bool = True
    heading_weight: float = keyword_index._HEADING_WEIGHT
    diversity: float = DIVERSITY


IN_USE = Choice("in use")
CHOICES = [
    IN_USE,
    *(Choice(f"tokens {tokens}", tokens=tokens) for tokens in (128, 256)),
    Choice("prefix off", prefix=False),
    *(Choice(f"headings {weight}", heading_weight=weight) for weight in (0.0, 0.25, 1.0)),
    *(Choice(f"diversity {share}", diversity=share) for share in (0.0, 0.1)),
]


def without_prefix(title: str, heading: str, context: str, text: str) -> str:
    return f"{context}\n{text}" if context else text


@contextlib.contextmanager
def library_of(judged: JudgedSet, choice: Choice, embedder: KeptVectors, files: list[str]) -> Iterator[Library]:
    prefix = contextlib.nullcontext() if choice.prefix else mock.patch.object(adding, "indexed_text", without_prefix)
    if judged.documents:
        with prefix, judged.library(embedder, choice.tokens) as library:
            yield library
        return
    with tempfile.TemporaryDirectory(prefix="ayllu-judged-") as folder, Library.open(Path(folder), embedder) as library:
        with prefix:
            library.ingest(files, collection=COLLECTION, options=IngestOptions(chunk_tokens=choice.tokens))
        embedder.save()
        yield library


def files_with_answers(judged: JudgedSet, embedder: KeptVectors, others: int, largest: int) -> list[str]:
    """The manuals that hold a right passage among the first ten hits, and as many of the others that are some of them."""
    with judged.library(embedder) as library:
        holding = {
            passage.source
            for question in judged.questions
            for passage in library.search(question.text, k=10, collection=judged.collection)
            if question.document(passage) != passage.chunk_id
        }
        sizes = {source.source: source.chunks for source in library.sources(judged.collection)}
    small = {source for source in holding if sizes[source] < largest}
    rest = [name for path in SOME if (name := str(path.resolve())) in sizes and name not in small and sizes[name] < largest]
    return sorted(small) + rest[:: max(1, len(rest) // max(others, 1))][:others]


def is_right(question: Question, passage: Passage) -> bool:
    if question.passages:
        return question.document(passage) == RIGHT
    return passage.source in question.relevant and (not question.answers or bool(contains(passage.text, question.answers)))


def measure(library: Library, judged: JudgedSet, choice: Choice) -> float:
    gains = []
    for question in judged.questions:
        hits = library.search(question.text, k=DEPTH + 3, collection=judged.collection, diversity=choice.diversity)
        passages = join_neighbours(hits, DEPTH, library._docstore)
        places = [place for place, passage in enumerate(passages, start=1) if is_right(question, passage)]
        gains.append(1 / np.log2(places[0] + 1) if places else 0.0)
    return statistics.mean(gains)


def first_documents(judged: JudgedSet, characters: int, questions: int) -> JudgedSet:
    """The set with so much of its documents, and the questions about them."""
    ends = np.cumsum([len(document.parsed.text) for document in judged.documents])
    documents = judged.documents[: int(np.searchsorted(ends, characters)) + 1]
    names = {document.source for document in documents}
    about = [question for question in judged.questions if names.issuperset(question.relevant)]
    texts = {document.source: document.parsed.text for document in documents}
    chosen = [_with_exact_answers(question, texts) for question in about[:: max(1, len(about) // questions)]]
    return replace(judged, documents=documents, questions=chosen)


def _with_exact_answers(question: Question, texts: dict[str, str]) -> Question:
    """Without the answers that stand in no right document as they are worded."""
    right = " ".join(texts[name] for name in question.relevant)
    return replace(question, answers=[answer for answer in question.answers if contains(right, [answer])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", metavar="SET", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    parser.add_argument("--characters", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=100, help="about as many of each set")
    parser.add_argument("--others", type=int, default=30)
    parser.add_argument("--largest", type=int, default=500, help="of these documents, in chunks")
    options = parser.parse_args()
    embedder = KeptVectors(options.cache)
    table: dict[str, dict[str, float]] = defaultdict(dict)
    for judged in load_sets(options.sets, 10_000, titles=True):
        files = [] if judged.documents else files_with_answers(judged, embedder, options.others, options.largest)
        judged = first_documents(judged, options.characters, options.questions) if judged.documents else judged
        by_library: dict[Choice, list[Choice]] = defaultdict(list)
        for choice in CHOICES:
            by_library[replace(IN_USE, tokens=choice.tokens, prefix=choice.prefix)].append(choice)
        for built, choices in by_library.items():
            with library_of(judged, built, embedder, files) as library:
                size = {"questions": len(judged.questions), "chunks": library.count(judged.collection)}
                for choice in choices:
                    with mock.patch.object(keyword_index, "_HEADING_WEIGHT", choice.heading_weight):
                        table[choice.name][judged.name] = measure(library, judged, choice)
                    score = round(table[choice.name][judged.name], 4)
                    print(json.dumps({"set": judged.name, **size, "choice": choice.name, "score": score}), flush=True)
        embedder.save()
    show(table)


def show(table: dict[str, dict[str, float]]) -> None:
    names = list(table[IN_USE.name])
    print(f"{'':16}", *(f"{each[:9]:>9}" for each in names), f"{'mean':>9}")
    for choice in CHOICES:
        row = [table[choice.name][each] for each in names]
        print(f"{choice.name:16}", *(f"{value:9.4f}" for value in (*row, statistics.mean(row))))
    for kind in ("tokens", "prefix", "headings", "diversity"):
        gain = {}
        for left_out in names:
            best = best_elsewhere(table, left_out, IN_USE.name, kind)
            gain[left_out] = (best, round(table[best][left_out] - table[IN_USE.name][left_out], 4))
        print(f"leaving one out: {kind}:", json.dumps(gain))


if __name__ == "__main__":
    main()
