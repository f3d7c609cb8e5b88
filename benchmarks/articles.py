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

from curve import FIGURES, ayllu, with_questions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("chosen", type=int, nargs="*", help="all, if none is named")
    parser.add_argument("--folds", type=int, default=12)
    options = parser.parse_intermixed_args()
    squad = json.loads(options.file.read_text("utf-8"))
    results: list[dict[str, dict[str, Any]]] = []
    with tempfile.TemporaryDirectory(prefix="ayllu-articles-") as folder:
        for fold in options.chosen or range(options.folds):
            learn, evaluate = Path(folder) / f"learn-{fold}.json", Path(folder) / f"asked-{fold}.json"
            left_out = question_ids(squad["data"][fold :: options.folds])
            learn.write_text(json.dumps(with_questions(squad, question_ids(squad["data"]) - left_out)))
            evaluate.write_text(json.dumps(with_questions(squad, left_out)))
            adapter = ayllu(folder, "train", "sft", "--data", learn)
            adapters = {"untuned": "none", "tuned": adapter["adapter_id"]}
            results.append(
                {name: ayllu(folder, "eval", "answers", evaluate, "--adapter", used) for name, used in adapters.items()}
            )
            corrections = adapter["dataset"]["corrections"]
            show(fold=fold, corrections=corrections, **{name: figures(each) for name, each in results[-1].items()})
    show(fold="all", **{name: pooled([result[name] for result in results]) for name in ("untuned", "tuned")})


def question_ids(articles: list[dict[str, Any]]) -> set[str]:
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
    return {str(question["id"]) for paragraph in paragraphs for question in paragraph["qas"]}


def figures(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result[name] for name in FIGURES}


def pooled(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Each figure's mean over the questions of all folds."""
    questions = sum(result["questions"] for result in results)
    means = {name: round(sum(result[name] * result["questions"] for result in results) / questions, 4) for name in FIGURES}
    return {**means, "questions": questions}


def show(**line: Any) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
