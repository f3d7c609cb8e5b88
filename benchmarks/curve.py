"""How much corrections teach: `python benchmarks/curve.py LEARN.json ASKED.json [--limit N] [COUNT ...]`, SQuAD JSON both.

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
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("learn", type=Path)
    given.add_argument("asked", type=Path)
    given.add_argument("counts", type=int, nargs="*", default=COUNTS)
    given.add_argument("--limit", type=int, help="ask at most so many questions")
    options = given.parse_args()
    whole = json.loads(options.learn.read_text("utf-8"))
    order = [str(one["id"]) for article in whole["data"] for text in article["paragraphs"] for one in text["qas"]]
    random.Random(0).shuffle(order)
    limit = ["--limit", str(options.limit)] if options.limit else []
    with tempfile.TemporaryDirectory(prefix="ayllu-curve-") as folder:
        for count in options.counts:
            part, trained = Path(folder) / f"{count}.json", {"adapter_id": "none"}
            part.write_text(json.dumps(taken(whole, set(order[:count]))))
            if count:
                trained = ayllu(folder, "train", "sft", "--data", part)
            asked = ayllu(folder, "eval", "answers", options.asked, "--adapter", trained["adapter_id"], *limit)
            told = {name: trained[name] for name in ("steps", "seconds", "eval_loss") if name in trained}
            print(json.dumps({"corrections": count, **told, **{name: asked[name] for name in FIGURES}}), flush=True)


def taken(whole: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """The same file with these questions alone; every paragraph stays, for the others to be told from."""
    articles = []
    for article in whole["data"]:
        texts = [{**text, "qas": [one for one in text["qas"] if str(one["id"]) in names]} for text in article["paragraphs"]]
        articles.append({**article, "paragraphs": texts})
    return {**whole, "data": articles}


def ayllu(home: str, *words: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "ayllu", "--home", home, *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    said: dict[str, Any] = json.loads(done.stdout)
    if "error" in said:
        raise SystemExit(f"{said['error']} {said['hint']}")
    return said


if __name__ == "__main__":
    main()
