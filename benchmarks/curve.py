"""How much corrections teach: `python benchmarks/curve.py LEARN.json ASKED.json [COUNT ...]`, SQuAD JSON both.

For each count, an adapter is learnt from that many questions of LEARN (each larger set holds the smaller ones) and answers
ASKED, which should be about other articles; 0 is the untuned model. One line of JSON a count. Some ten minutes each on two
cores, in a home that is thrown away.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FIGURES = ("f1", "exact_match", "contains", "citation_precision", "abstained", "questions", "seconds_per_question")
COUNTS = (0, 25, 50, 100, 200, 400, 600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("learn", type=Path)
    parser.add_argument("test", metavar="ASKED", type=Path)
    parser.add_argument("counts", type=int, nargs="*", default=COUNTS)
    parser.add_argument("--limit", type=int, help="ask at most so many questions")
    parser.add_argument("--epochs", type=float, help="instead of as many as are chosen")
    options = parser.parse_intermixed_args()
    squad = json.loads(options.learn.read_text("utf-8"))
    paragraphs = [paragraph for article in squad["data"] for paragraph in article["paragraphs"]]
    order = [str(question["id"]) for paragraph in paragraphs for question in paragraph["qas"]]
    random.Random(0).shuffle(order)
    limit = ["--limit", str(options.limit)] if options.limit else []
    epochs = ["--epochs", str(options.epochs)] if options.epochs else []
    with tempfile.TemporaryDirectory(prefix="ayllu-curve-") as folder:
        for count in options.counts:
            part, trained = Path(folder) / f"{count}.json", {"adapter_id": "none"}
            part.write_text(json.dumps(with_questions(squad, set(order[:count]))))
            if count:
                trained = ayllu(folder, "train", "sft", "--data", part, *epochs)
            answers = ayllu(folder, "eval", "answers", options.test, "--adapter", trained["adapter_id"], *limit)
            training = {name: trained[name] for name in ("steps", "seconds", "eval_loss") if name in trained}
            figures = {name: answers[name] for name in FIGURES}
            print(json.dumps({"corrections": count, **training, **figures}), flush=True)


def with_questions(squad: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The same file with these questions alone; every paragraph stays, for the others to be told from."""
    articles = []
    for article in squad["data"]:
        paragraphs = [
            {**paragraph, "qas": [question for question in paragraph["qas"] if str(question["id"]) in names]}
            for paragraph in article["paragraphs"]
        ]
        articles.append({**article, "paragraphs": paragraphs})
    return {**squad, "data": articles}


def ayllu(home: str, *words: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "ayllu", "--home", home, *map(str, words), "--json"]
    process = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    result: dict[str, Any] = json.loads(process.stdout)
    if "error" in result:
        raise SystemExit(f"{result['error']} {result['hint']}")
    return result


if __name__ == "__main__":
    main()
