"""What a follow-up finds as it was typed, joined by rules, and written out by a model.

    python benchmarks/rewriting.py mtrag-a.jsonl --rewrites rewrites.jsonl --limit 40

Questions of conversations (JSONL with `history`) that may lean on what came before, in a seeded sample, over all documents
of the file: the share that has a right document among the first 1 and 3. The model is that of the settings; what it writes
is kept in `--rewrites`, and what is there already is not asked again. `rules` and `fused` are what the chat does without and
with a model.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from autogen_core import CancellationToken
from ayllu import paths
from ayllu.agents import with_history
from ayllu.agents.asking import needs_rewriting, subject
from ayllu.agents.prompts import load_prompt
from ayllu.agents.rewriting import rewrite_question
from ayllu.app import Application
from ayllu.evaluation import EVAL_COLLECTION, EvalQuestion, load_eval_file, temporary_library
from ayllu.retrieval import Library

DEPTHS = (1, 3)


async def rewrite(application: Application, questions: list[EvalQuestion], kept: Path) -> dict[str, str | None]:
    rewrites = {
        row["id"]: row["rewrite"] for row in map(json.loads, kept.read_text("utf-8").splitlines() if kept.exists() else ())
    }
    system = load_prompt("rewrite", None)
    with kept.open("a", encoding="utf-8") as lines:
        for question in questions:
            if question.id in rewrites:
                continue
            text = await rewrite_question(
                application.backend, system, question.question, question.history, CancellationToken()
            )
            rewrites[question.id] = text
            row = {"id": question.id, "question": question.question, "rewrite": text, "before": question.history[-1][0]}
            print(json.dumps(row, ensure_ascii=False), file=lines, flush=True)
    return rewrites


def hits_of(library: Library, query: str, relevant: object, also: str = "") -> list[bool]:
    passages = library.search(query, also=also, k=30, collection=EVAL_COLLECTION, merge=False)
    documents = list(dict.fromkeys(passage.source for passage in passages))
    return [any(document in relevant for document in documents[:depth]) for depth in DEPTHS]  # type: ignore[operator]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rewrites", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    eval_set = load_eval_file(options.file)
    leaning = [each for each in eval_set.questions if each.history and each.relevant and needs_rewriting(each.question)]
    questions = random.Random(options.seed).sample(leaning, min(options.limit, len(leaning)))
    print(f"{len(leaning)} of {sum(bool(each.history) for each in eval_set.questions)} follow-ups lean")
    with Application(paths.find()) as application:
        rewrites = application.run(rewrite(application, questions, options.rewrites))
        hits: dict[str, list[list[bool]]] = {name: [] for name in ("typed", "rules", "rewritten", "fused")}
        with temporary_library(eval_set, application.embedder, lambda *step: None) as (library, _):
            for question in questions:
                typed = subject(question.question)
                joined = with_history(question.question, question.history)
                text = rewrites[question.id]
                hits["typed"].append(hits_of(library, typed, question.relevant))
                hits["rules"].append(hits_of(library, joined, question.relevant))
                hits["rewritten"].append(hits_of(library, text or joined, question.relevant))
                hits["fused"].append(hits_of(library, text or joined, question.relevant, typed if text else ""))
    for name, rows in hits.items():
        print(
            name,
            {
                f"hit@{depth}": round(sum(column) / len(column), 3)
                for depth, column in zip(DEPTHS, zip(*rows, strict=True), strict=True)
            },
        )


if __name__ == "__main__":
    main()
