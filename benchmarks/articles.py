"""What all but a few articles teach: `python benchmarks/articles.py FILE.json [--folds K] [FOLD ...]`, SQuAD JSON.

Every K-th article is left out, from FOLD on; an adapter is learnt from all the others and asked about those, which it has
never read, beside the untuned model, over the documents of all. One line of JSON a fold, and one for all questions asked.
Some fifteen minutes a fold on two cores, in a home that is thrown away.
"""

import argparse
import json
import tempfile
from pathlib import Path
from typing import Any

from curve import FIGURES, ayllu, taken


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("file", type=Path)
    given.add_argument("chosen", type=int, nargs="*", help="all, if none is named")
    given.add_argument("--folds", type=int, default=12)
    options = given.parse_args()
    whole = json.loads(options.file.read_text("utf-8"))
    told: list[dict[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory(prefix="ayllu-articles-") as folder:
        for fold in options.chosen or range(options.folds):
            learn, asked = Path(folder) / f"learn-{fold}.json", Path(folder) / f"asked-{fold}.json"
            left = {str(one["id"]) for article in whole["data"][fold :: options.folds] for one in questions(article)}
            rest = {str(one["id"]) for article in whole["data"] for one in questions(article)} - left
            learn.write_text(json.dumps(taken(whole, rest)))
            asked.write_text(json.dumps(taken(whole, left)))
            adapter = ayllu(folder, "train", "sft", "--data", learn)
            told.append(
                {
                    name: ayllu(folder, "eval", "answers", asked, "--adapter", one)
                    for name, one in (("untuned", "none"), ("tuned", adapter["adapter_id"]))
                }
            )
            corrections = adapter["dataset"]["corrections"]
            show(fold=fold, corrections=corrections, **{name: figures(one) for name, one in told[-1].items()})
    show(fold="all", **{name: pooled([one[name] for one in told]) for name in ("untuned", "tuned")})


def questions(article: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for text in article["paragraphs"] for one in text["qas"]]


def figures(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in FIGURES}


def pooled(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Each figure's mean over the questions of all folds."""
    asked = sum(one["questions"] for one in found)
    means = {name: round(sum(one[name] * one["questions"] for one in found) / asked, 4) for name in FIGURES}
    return {**means, "questions": asked}


def show(**line: Any) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
