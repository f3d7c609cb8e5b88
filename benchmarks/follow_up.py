"""Whether a follow-up question finds what the same question written out finds (run `python benchmarks/follow_up.py`).

Twenty two-turn conversations about the sample documents, and twenty whose second question the documents do not answer. The
second question is searched for as the chat would, with the first one as history; recall@3 counts a question whose document
is among the first three documents. `refused` is what the critic alone refuses, by the threshold of models that point.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from ayllu import paths
from ayllu.agents.asking import subject, with_history
from ayllu.agents.judging import CALIBRATION, answerable, measure_signals
from ayllu.models import ModelStore
from ayllu.retrieval import Library, load_sample, open_embedder

CONVERSATIONS = Path(__file__).with_name("follow_ups.jsonl")
UNANSWERED = Path(__file__).with_name("follow_ups_unanswered.jsonl")
PASSAGES = 3  # as the chat hands to the writer


def read(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def finds_document(library: Library, query: str, source: str, collection: str) -> bool:
    results = library.search(query, k=10, collection=collection)
    documents = list(dict.fromkeys(passage.source for passage in results))
    return source in documents[:3]


def joined(turn: dict[str, str]) -> str:
    """What the second question is searched for as."""
    return with_history(turn["second"], [(turn["first"], "")])


def is_refused(library: Library, turn: dict[str, str], collection: str) -> bool:
    query = joined(turn)
    signals = measure_signals(
        library, query, library.retrieve(query, k=PASSAGES, collection=collection), subject(turn["second"])
    )
    chance = answerable(signals)
    print(f"{chance:.2f} {turn['second']} {'' if 'source' in turn else '(not answered)'}")
    return chance < CALIBRATION.threshold


def measure() -> dict[str, float]:
    turns, unanswered = read(CONVERSATIONS), read(UNANSWERED)
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", embedder) as library:
        collection = load_sample(library)
        with_first, without_history, written_out = 0, 0, 0
        for turn in turns:
            query = joined(turn)
            hit = finds_document(library, query, turn["source"], collection)
            with_first += hit
            without_history += finds_document(library, turn["second"], turn["source"], collection)
            written_out += finds_document(library, turn["written_out"], turn["source"], collection)
            if not hit:
                print("missed:", turn["second"], "->", query)
        wrongly = sum(is_refused(library, turn, collection) for turn in turns)
        rightly = sum(is_refused(library, turn, collection) for turn in unanswered)
    count = len(turns)
    return {
        "recall@3_second": with_first / count,
        "recall@3_without_history": without_history / count,
        "recall@3_written_out": written_out / count,
        "ratio": round(with_first / written_out, 3),
        "refused_answered": wrongly / count,
        "refused_unanswered": rightly / len(unanswered),
    }


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    print(json.dumps(measure()))
