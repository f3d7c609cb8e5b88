"""`ayllu eval`: measured on a file, in a library that is thrown away."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .common import Adapter, Backend, Limit, Passages
from .compose import Parts
from .progress import ProgressBar

app = typer.Typer(help="Measure retrieval and answers.", rich_markup_mode=None)

File = Annotated[Path, typer.Argument(help="SQuAD JSON, JSONL with contexts, or a BEIR folder.")]
Sampled = Annotated[int, typer.Option("--seed", help="Which questions `--limit` takes.")]
Predictions = Annotated[Path | None, typer.Option("--predictions", help="Write each answer there, to score it again.")]


class Mode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


@app.command("retrieval")
def retrieval(
    context: typer.Context,
    file: File,
    limit: Limit = None,
    seed: Sampled = 0,
    predictions: Predictions = None,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How to rank; else your settings'.")] = None,
) -> None:
    """Does the question's own document come back?"""
    from ..evaluation import evaluate_retrieval, load_eval_file

    parts: Parts = context.obj
    whole = load_eval_file(file)
    parts.prepare()
    with ProgressBar("items", stream=parts.output.err) as bar:
        figures = evaluate_retrieval(
            whole,
            parts.embedder,
            mode=str(mode or parts.settings.retrieval.mode),
            limit=limit,
            seed=seed,
            predictions=predictions,
            progress=bar,
        )
    _show(parts, figures)


@app.command("answers")
def answers(
    context: typer.Context,
    file: File,
    limit: Limit = None,
    seed: Sampled = 0,
    predictions: Predictions = None,
    backend: Backend = None,
    k: Passages = None,
    adapter: Adapter = None,
) -> None:
    """Are the answers right, cited, and refused where the documents do not answer?"""
    from ..evaluation import evaluate_answers, load_eval_file

    parts: Parts = context.obj
    parts.given(backend=backend, retrieval__passages=k)
    parts.pin(adapter)
    whole = load_eval_file(file)
    parts.prepare(chat=True)
    with ProgressBar("items", stream=parts.output.err) as bar:
        figures = parts.run(
            evaluate_answers(
                whole,
                parts.embedder,
                parts.backend,
                parts.settings,
                limit=limit,
                seed=seed,
                predictions=predictions,
                prompts=parts.paths.prompts,
                progress=bar,
            )
        )
    _show(parts, figures)


def _show(parts: Parts, figures: dict[str, Any]) -> None:
    parts.output.result(figures)
    for name, value in figures.items():
        parts.output.say(f"{name}: {value}")
