"""Whether a follow-up question finds what the same question written out finds (run `python benchmarks/follow_up.py`).

Twenty two-turn conversations about the sample documents. The second question is searched for as the chat would, with the
first one as history; recall@3 counts a question whose document is among the first three documents.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from ayllu import paths
from ayllu.agents.questions import with_history
from ayllu.models import ModelStore
from ayllu.retrieval import Library, load_sample, open_embedder

CONVERSATIONS = Path(__file__).with_name("follow_ups.jsonl")


def found(library: Library, query: str, source: str, collection: str) -> bool:
    results = library.search(query, k=10, collection=collection)
    documents = list(dict.fromkeys(one.source for one in results))
    return source in documents[:3]


def measure() -> dict[str, float]:
    turns = [json.loads(line) for line in CONVERSATIONS.read_text("utf-8").splitlines()]
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", embedder) as library:
        where = load_sample(library)
        second, alone, whole = 0, 0, 0
        for turn in turns:
            query = with_history(turn["second"], [(turn["first"], "")])
            hit = found(library, query, turn["source"], where)
            second += hit
            alone += found(library, turn["second"], turn["source"], where)
            whole += found(library, turn["written_out"], turn["source"], where)
            if not hit:
                print("missed:", turn["second"], "->", query)
    count = len(turns)
    return {
        "recall@3_second": second / count,
        "recall@3_without_history": alone / count,
        "recall@3_written_out": whole / count,
        "ratio": round(second / whole, 3),
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
