"""Mix questions that the documents do not answer into a SQuAD file: `python benchmarks/unanswerable.py IN OUT [N [M]]`.

The paragraphs of M randomly chosen questions are taken out, and those questions are marked `is_impossible` under a paragraph
that stays; N questions of the paragraphs that stay are kept. Seeded.
"""

import json
import random
import sys
from pathlib import Path


def main() -> None:
    source, target, *counts = sys.argv[1:]
    answerable, unanswerable = (int(count) for count in [*counts, "150", "150"][:2])
    chance = random.Random(0)
    paragraphs = [one for article in json.loads(Path(source).read_text())["data"] for one in article["paragraphs"]]
    chance.shuffle(paragraphs)
    gone: list[dict[str, object]] = []
    while len(gone) < unanswerable:
        gone += [{**question, "answers": [], "is_impossible": True} for question in paragraphs.pop()["qas"]]
    kept = chance.sample([(at, one) for at, paragraph in enumerate(paragraphs) for one in paragraph["qas"]], answerable)
    for paragraph in paragraphs:
        paragraph["qas"] = []
    for at, question in kept:
        paragraphs[at]["qas"].append(question)
    for at, question in enumerate(gone[:unanswerable]):
        paragraphs[at % len(paragraphs)]["qas"].append(question)
    Path(target).write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}))


if __name__ == "__main__":
    main()
