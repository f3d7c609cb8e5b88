"""Mix questions that the documents do not answer into a SQuAD file: `python benchmarks/unanswerable.py IN OUT [N [M]]`.

The paragraphs of M randomly chosen questions are taken out, and those questions are marked `is_impossible` under a paragraph
that stays; N questions of the paragraphs that stay are kept. Seeded.
"""

import argparse
import json
import random
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", metavar="IN", type=Path)
    parser.add_argument("target", metavar="OUT", type=Path)
    parser.add_argument("answerable", metavar="N", type=int, nargs="?", default=150)
    parser.add_argument("unanswerable", metavar="M", type=int, nargs="?", default=150)
    options = parser.parse_args()
    answerable, unanswerable = options.answerable, options.unanswerable
    chance = random.Random(0)
    articles = json.loads(options.source.read_text("utf-8"))["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    chance.shuffle(paragraphs)
    removed: list[dict[str, object]] = []
    while len(removed) < unanswerable:
        removed += [{**question, "answers": [], "is_impossible": True} for question in paragraphs.pop()["qas"]]
    kept = chance.sample(
        [(place, question) for place, paragraph in enumerate(paragraphs) for question in paragraph["qas"]], answerable
    )
    for paragraph in paragraphs:
        paragraph["qas"] = []
    for place, question in kept:
        paragraphs[place]["qas"].append(question)
    for place, question in enumerate(removed[:unanswerable]):
        paragraphs[place % len(paragraphs)]["qas"].append(question)
    options.target.write_text(json.dumps({"data": [{"paragraphs": paragraphs}]}), "utf-8")


if __name__ == "__main__":
    main()
