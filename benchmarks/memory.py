"""Does memory answer where the same is asked, and only there?

    python benchmarks/memory.py PAIRS.jsonl [SQUAD.json]

Each set's questions are corrected, all of them; then come paraphrases of them, and questions that are
near in words. Of a SQuAD file every question is an entry, and every question is asked of all entries but its own: what is
near there nobody has invented. `memory_paraphrases.jsonl` has paraphrases for `xquad-en-a`. Prints, for each set, how many
paraphrases find their entry, how many questions find another one, and both for bounds chosen on the other sets.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ayllu import paths
from ayllu.agents.asking import question_kind
from ayllu.agents.memory import likeness
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, open_embedder

EQUAL, MORE, OTHER = (0.7, 0.75, 0.8, 0.85), (0.78, 0.8, 0.82, 0.84, 0.86, 0.88, 0.9), (0.86, 0.88, 0.9, 0.93, 0.96, 1.1)
MOST_WRONG = 0.01


@dataclass(frozen=True)
class Question:
    """A question, and the entry that answers it; None: none does."""

    text: str
    entry: int | None
    left_out: int | None = None  # the entry that is not there


@dataclass(frozen=True)
class Nearest:
    """For one question the entries that may answer it: (right, cosine, how their words differ: 0 to 2)."""

    paraphrase: bool
    entries: Sequence[tuple[bool, float, int]]

    def fires(self, bounds: Sequence[float]) -> bool | None:
        """Whether the entry that answers is right; None: none answers."""
        return next((right for right, cosine, words in self.entries if cosine >= bounds[words]), None)


def read_pairs(file: Path) -> Iterator[tuple[str, list[str], list[Question]]]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    for name in dict.fromkeys(row["set"] for row in rows):
        chosen = [row for row in rows if row["set"] == name]
        alike = [Question(text, at) for at, row in enumerate(chosen) for text in row["alike"]]
        near = [Question(text, None) for row in chosen for text in row["near"]]
        yield name, [row["question"] for row in chosen], [*alike, *near]


def read_squad(file: Path) -> tuple[list[str], list[Question]]:
    articles = json.loads(file.read_text("utf-8"))["data"]
    questions = [each for article in articles for part in article["paragraphs"] for each in part["qas"]]
    at = {each["id"]: number for number, each in enumerate(questions)}
    written = Path(__file__).with_name("memory_paraphrases.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in written]
    alike = [Question(row["question"], at[row["id"]]) for row in rows if row["id"] in at]
    others = [Question(each["question"], None, number) for number, each in enumerate(questions)]
    return [each["question"] for each in questions], [*alike, *others]


def measure(entries: Sequence[str], questions: Sequence[Question], embedder: Embedder) -> list[Nearest]:
    vectors = np.stack([embedder.embed_query(text) for text in entries])
    measured: list[Nearest] = []
    for question in questions:
        cosines = vectors @ embedder.embed_query(question.text)
        near: list[tuple[bool, float, int]] = []
        for at in map(int, np.argsort(-cosines)[:8]):
            words = difference(question.text, entries[at])
            if at != question.left_out and words is not None:
                near.append((at == question.entry, float(cosines[at]), words))
        measured.append(Nearest(question.entry is not None, near))
    return measured


def difference(question: str, other: str) -> int | None:
    """0: the same words, 1: one of them has more, 2: each has words of its own; None: they cannot ask for the same."""
    if not likeness.comparable(question, other):
        return None
    kind = question_kind(question)
    mine, theirs = likeness.content(question, kind), likeness.content(other, kind)
    more, less = likeness.lacking(mine, theirs), likeness.lacking(theirs, mine)
    if more and less:
        return 2 if len(more) + len(less) <= likeness.MOST_OTHER_WORDS else None
    return 1 if more or less else 0


def counts(measured: Sequence[Nearest], bounds: Sequence[float]) -> tuple[int, int, int, int]:
    """Paraphrases that are answered, of how many; questions that are answered wrongly, of how many."""
    fired = [(each.paraphrase, each.fires(bounds)) for each in measured]
    right = sum(paraphrase and fires is True for paraphrase, fires in fired)
    wrong = sum(fires is False for _, fires in fired)
    return right, sum(paraphrase for paraphrase, _ in fired), wrong, len(fired)


def choose(sets: Sequence[Sequence[Nearest]]) -> Sequence[float]:
    """The bounds that answer most paraphrases, with at most one question in a hundred answered wrongly."""

    def worth(bounds: Sequence[float]) -> tuple[int, int]:
        totals = [counts(measured, bounds) for measured in sets]
        wrong, number = sum(total[2] for total in totals), sum(total[3] for total in totals)
        return (sum(total[0] for total in totals), -wrong) if wrong <= MOST_WRONG * number else (-1, -wrong)

    return max(itertools.product(EQUAL, MORE, OTHER), key=worth)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("squad", type=Path, nargs="?")
    options = parser.parse_args()
    embedder = open_embedder("onnx", ModelStore(paths.find().models))
    sets = {name: measure(entries, questions, embedder) for name, entries, questions in read_pairs(options.pairs)}
    if options.squad is not None:
        sets[options.squad.stem] = measure(*read_squad(options.squad), embedder)
    used = (likeness.EQUAL_WORDS, likeness.MORE_WORDS, likeness.OTHER_WORDS)
    for name, measured in sets.items():
        others = [each for other, each in sets.items() if other != name]
        chosen = choose(others) if others else used
        print(f"{name}: as they are {used}: {show(counts(measured, used))}")
        print(f"{name}: chosen on the others {chosen}: {show(counts(measured, chosen))}")


def show(total: tuple[int, int, int, int]) -> str:
    right, paraphrases, wrong, number = total
    share = f"{right / paraphrases:.2f}" if paraphrases else "none"
    return f"{right} of {paraphrases} paraphrases ({share}), {wrong} of {number} wrong ({wrong / number:.3f})"


if __name__ == "__main__":
    main()
