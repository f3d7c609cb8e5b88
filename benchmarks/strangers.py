"""What of the gain is reading skill, and what is the person?

    python benchmarks/strangers.py HOME PERSON.json STRANGER… [--corrections N] [--limit N]

PERSON is SQuAD JSON: every other article is what the person corrects, and of the rest the questions are asked. STRANGERs are
evaluation files of other people about other things; of each are taken, up to an equal share, the answers that stand in their
document, and what one lacks the next may have more. Four models are asked the same questions: the untuned one; an adapter
from the strangers' corrections alone; one from the person's alone; one from both. What the second gains is reading skill,
and what the fourth gains on top of it is the person.

HOME keeps the adapters and `strangers.jsonl`, a line a stage: what stands there is not done again.
"""

import argparse
import json
import random
from pathlib import Path
from typing import Any

from ayllu.evaluation import load_eval_file
from curve import FIGURES, ayllu, with_questions

SHORTEST_CONTEXT = 20  # characters


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("person", type=Path)
    parser.add_argument("strangers", type=Path, nargs="+")
    parser.add_argument("--corrections", type=int, default=300, help="of the strangers in all, and of the person at most")
    parser.add_argument("--limit", type=int, default=80, help="questions asked")
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    squad = json.loads(options.person.read_text("utf-8"))
    own = {**squad, "data": drawn(squad["data"][::2], options.corrections)}
    others = strangers(options.strangers, options.corrections)
    put = write(options.home / "asked.json", with_questions(squad, question_ids(squad["data"][1::2])))
    learnable = {"strangers": others, "person": own["data"], "both": others + own["data"]}
    done = stages(options.home / "strangers.jsonl")
    for name in ("untuned", *learnable):
        if name in done:
            print(json.dumps(done[name]))
            continue
        trained: dict[str, Any] = {"adapter_id": "none"}
        if name in learnable:
            file = write(options.home / f"{name}.json", {"version": "1.1", "data": learnable[name]})
            trained = ayllu(str(options.home), "train", "sft", "--data", file)
        words = ("eval", "answers", put, "--adapter", trained["adapter_id"], "--limit", options.limit, "--seed", 1)
        answers = ayllu(str(options.home), *words, "--predictions", options.home / f"{name}.jsonl")
        row = {"learnt_from": name, **{figure: answers[figure] for figure in FIGURES}}
        with (options.home / "strangers.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(row) + "\n")
        print(json.dumps(row), flush=True)


def stages(file: Path) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, file.read_text("utf-8").splitlines()) if file.exists() else ()
    return {row["learnt_from"]: row for row in rows}


def strangers(files: list[Path], count: int) -> list[dict[str, Any]]:
    """As many corrections of each, as SQuAD articles: those answers alone that stand in their document."""
    articles: list[dict[str, Any]] = []
    for at, file in enumerate(files):
        every = load_eval_file(file)
        texts = {document.id: document.text for document in every.documents}
        paragraphs: dict[str, list[dict[str, Any]]] = {}
        questions = [question for question in every.questions if question.answerable and question.relevant]
        left = (count - len(question_ids(articles))) // (len(files) - at)
        for question in random.Random(0).sample(questions, len(questions)):
            context = texts[next(iter(question.relevant))]
            answer = next((each for each in question.answers if each and each in context), None)
            if answer is None or left == 0 or len(context) < SHORTEST_CONTEXT:
                continue
            left -= 1
            entry = {"text": answer, "answer_start": context.index(answer)}
            paragraphs.setdefault(context, []).append(
                {"id": f"{every.name}/{question.id}", "question": question.question, "answers": [entry]}
            )
        parts = [{"context": context, "qas": entries} for context, entries in paragraphs.items()]
        articles.append({"title": every.name, "paragraphs": parts})
    return articles


def drawn(articles: list[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    names = sorted(question_ids(articles))
    chosen = set(random.Random(0).sample(names, min(count, len(names))))
    return list(with_questions({"data": articles}, chosen)["data"])


def question_ids(articles: list[dict[str, Any]]) -> set[str]:
    return {str(question["id"]) for article in articles for part in article["paragraphs"] for question in part["qas"]}


def write(file: Path, content: dict[str, Any]) -> Path:
    file.write_text(json.dumps(content), "utf-8")
    return file


if __name__ == "__main__":
    main()
