"""Chunk sizes, prefixes, the weight of headings and diversity on several sets: `python benchmarks/choices.py SET [SET …]`.

SETs: see `judged.py`; documents are read with their titles. From what is in use each choice is varied alone: chunks of 128
or 256 tokens; a chunk embedded without the title and headings above it; the weight of their words in keyword search;
diversity. Printed: nDCG@10 of hybrid search, documents ranked as `ayllu eval retrieval` does (of manuals: the first right
passage as it is read, with its neighbours), and how often the quoted two best sentences of three passages hold a gold
answer, on fewer questions; then for each choice, leaving one set out, what is best on the others and what it gives there.
Of manuals, documents that hold the answers are read anew with some others (`--others`).
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

from ayllu.evaluation.metrics import contains, ndcg
from ayllu.retrieval import Library
from ayllu.retrieval.docstore import keyword_index
from ayllu.retrieval.documents import IngestOptions, adding
from ayllu.retrieval.requests import DIVERSITY
from judged import JudgedSet, KeptVectors, best_elsewhere, load_sets
from manuals import COLLECTION, SOME


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


def files_with_answers(judged: JudgedSet, embedder: KeptVectors, others: int) -> list[str]:
    """The manuals that hold a right passage among the first ten hits, and as many of the others that are some of them."""
    with judged.library(embedder) as library:
        holding = {
            passage.source
            for question in judged.questions
            for passage in library.search(question.text, k=10, collection=judged.collection)
            if question.document(passage) != passage.chunk_id
        }
        sizes = {source.source: source.chunks for source in library.sources(judged.collection)}
    small = {source for source in holding if sizes[source] < 500}
    rest = [name for path in SOME if (name := str(path.resolve())) in sizes and name not in small and sizes[name] < 300]
    return sorted(small) + rest[:: max(1, len(rest) // max(others, 1))][:others]


def measure(library: Library, judged: JudgedSet, choice: Choice, answers: int) -> dict[str, float]:
    gains, held = [], []
    for number, question in enumerate(judged.questions):
        if not judged.documents:
            passages = library.retrieve(question.text, k=10, collection=judged.collection).passages
        else:
            passages = library.search(
                question.text, k=30, collection=judged.collection, merge=False, diversity=choice.diversity
            )
        ranked = list(dict.fromkeys(question.document(passage) for passage in passages))
        gains.append(ndcg(ranked, question.relevant))
        if question.answers and number % max(1, len(judged.questions) // answers) == 0:
            sentences = library.retrieve(question.text, k=3, collection=judged.collection).sentences
            held.append(contains(" … ".join(sentence.text for sentence in sentences[:2]), question.answers))
    return {"ndcg": statistics.mean(gains)} | ({"held": statistics.mean(held)} if held else {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", metavar="SET", nargs="+", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "ayllu-vectors")
    parser.add_argument("--questions", type=int, default=300, help="at most, of each set")
    parser.add_argument("--answers", type=int, default=60, help="about as many of each set are looked at for their answer")
    parser.add_argument("--others", type=int, default=30)
    options = parser.parse_args()
    embedder = KeptVectors(options.cache)
    figures: dict[str, dict[str, dict[str, float]]] = {name: defaultdict(dict) for name in ("ndcg", "held")}
    for judged in load_sets(options.sets, options.questions, titles=True):
        files = [] if judged.documents else files_with_answers(judged, embedder, options.others)
        by_library: dict[Choice, list[Choice]] = defaultdict(list)
        for choice in CHOICES:
            by_library[replace(IN_USE, tokens=choice.tokens, prefix=choice.prefix)].append(choice)
        for built, choices in by_library.items():
            with library_of(judged, built, embedder, files) as library:
                size = {"questions": len(judged.questions), "chunks": library.count(judged.collection)}
                for choice in choices:
                    with (
                        mock.patch.object(keyword_index, "_HEADING_WEIGHT", choice.heading_weight),
                        mock.patch.object(Library.search, "__kwdefaults__", _defaults(choice)),
                    ):
                        result = measure(library, judged, choice, options.answers)
                    for name, value in result.items():
                        figures[name][choice.name][judged.name] = value
                    rounded = {name: round(value, 4) for name, value in result.items()}
                    print(json.dumps({"set": judged.name, **size, "choice": choice.name, **rounded}), flush=True)
        embedder.save()
    for name, table in figures.items():
        show(name, table)


def _defaults(choice: Choice) -> dict[str, object]:
    return {**(Library.search.__kwdefaults__ or {}), "diversity": choice.diversity}


def show(name: str, table: dict[str, dict[str, float]]) -> None:
    names = list(table[IN_USE.name])
    print(f"{name:16}", *(f"{each[:9]:>9}" for each in names), f"{'mean':>9}")
    for choice in CHOICES:
        row = [table[choice.name][each] for each in names]
        print(f"{choice.name:16}", *(f"{value:9.4f}" for value in (*row, statistics.mean(row))))
    for kind in ("tokens", "prefix", "headings", "diversity"):
        gain = {}
        for left_out in names:
            best = best_elsewhere(table, left_out, IN_USE.name, kind)
            gain[left_out] = (best, round(table[best][left_out] - table[IN_USE.name][left_out], 4))
        print(f"leaving one out: {name}, {kind}:", json.dumps(gain))


if __name__ == "__main__":
    main()
