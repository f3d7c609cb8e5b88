"""`ayllu eval`: measured on a file, in a library that is thrown away."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import UsageError
from .context import CommandContext
from .options import LARGEST_SEED, Adapter, Backend, Limit, Mode, Passages, SecondReader, Team, expanded
from .progress import ProgressBar

_PATIENCE_S = 600.0  # for the second reader: however fast this machine is now, nobody waits
group = typer.Typer(help="Measure retrieval and answers.", rich_markup_mode=None)

File = Annotated[Path, typer.Argument(callback=expanded, help="SQuAD JSON, JSONL with contexts, or a BEIR folder.")]
Sampled = Annotated[int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Which questions `--limit` takes.")]
Predictions = Annotated[
    Path | None, typer.Option("--predictions", callback=expanded, help="Write each answer there; go on from what is there.")
]
WithMemory = Annotated[
    bool, typer.Option("--memory", help="Let what you said of answers take part, as it does when you ask.")
]


@group.command("retrieval")
def retrieval(
    context: typer.Context,
    file: File,
    limit: Limit = None,
    seed: Sampled = 0,
    predictions: Predictions = None,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How to rank; else your settings'.")] = None,
    memory: WithMemory = False,
) -> None:
    """Does the question's own document come back?"""
    from ..app import memory_of, refits_of
    from ..evaluation import evaluate_retrieval, load_eval_file

    command: CommandContext = context.obj
    questions = load_eval_file(file)
    command.prepare()
    with ProgressBar("items", stream=command.output.err) as bar:
        figures = evaluate_retrieval(
            questions,
            command.app.embedder,
            mode=str(mode or command.app.settings.retrieval.mode),
            limit=limit,
            seed=seed,
            predictions=predictions,
            progress=bar,
            memory=memory_of(command.app, anywhere=True) if memory else None,
            refits=refits_of(command.app, anywhere=True) if memory else None,
        )
    _show(command, figures)


@group.command("answers")
def answers(
    context: typer.Context,
    file: File,
    limit: Limit = None,
    seed: Sampled = 0,
    predictions: Predictions = None,
    team: Team = None,
    backend: Backend = None,
    k: Passages = None,
    adapter: Adapter = None,
    second_reader: SecondReader = None,
    memory: WithMemory = False,
    parallel: Annotated[
        int, typer.Option("--parallel", min=1, max=64, help="Questions asked at once, where the backend takes several.")
    ] = 1,
) -> None:
    """Are the answers right, cited, and refused where the documents do not answer?"""
    from ..app import open_memory, open_refits, second_reader_of
    from ..evaluation import evaluate_answers, load_eval_file

    command: CommandContext = context.obj
    chosen = {"backend": backend, "retrieval.passages": k, "agents.team": team, "agents.second_reader": second_reader}
    command.app.override_settings({**chosen, "agents.memory": memory, "agents.refit": memory})
    command.app.pin(adapter)
    questions = load_eval_file(file)
    command.prepare(chat=True)
    with _kept_when_stopped(command, predictions), ProgressBar("items", stream=command.output.err) as bar:
        figures = command.app.run(
            evaluate_answers(
                questions,
                command.app.embedder,
                command.app.backend,
                command.app.settings,
                limit=limit,
                seed=seed,
                predictions=predictions,
                prompts=command.app.paths.prompts,
                model_file=_model_file(command),
                parallel=parallel,
                progress=bar,
                second_reader=second_reader_of(command.app, patience_s=_PATIENCE_S),
                memory=open_memory(command.app, anywhere=True),
                refits=open_refits(command.app, anywhere=True),
            )
        )
    _show(command, figures)


@group.command("pair")
def pair(
    context: typer.Context,
    first: Annotated[str, typer.Argument(metavar="A", help="Predictions of a run; of several sets, with commas between.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Those of another over the same questions.")],
    questions: Annotated[
        list[Path] | None,
        typer.Option("--questions", metavar="FILE", help="What was asked, where predictions do not say what is right."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=LARGEST_SEED, help="Of the resampling.")] = 0,
) -> None:
    """What did B gain over A, and may it be chance?"""
    from ..evaluation import compare_files, load_eval_file

    command: CommandContext = context.obj
    sets = [load_eval_file(expanded(file) or file) for file in questions or []]
    compared = compare_files(_paths(first), _paths(second), sets, seed)
    command.output.result(compared)
    for name, figures in compared["metrics"].items():
        low, high = figures["interval"]
        command.output.say(
            f"{name}: {figures['a']:.3f} to {figures['b']:.3f}, gain {figures['gain']:+.3f} ({low:+.3f} to {high:+.3f}),"
            f" p {figures['p']:.3g} ({figures['p_adjusted']:.3g} among all), {figures['n']} questions"
        )
    left_out = compared["left_out"]
    if any(left_out.values()):
        command.output.note(f"Left out as only one side has them: {left_out['a']} of A, {left_out['b']} of B.")


@contextlib.contextmanager
def _kept_when_stopped(command: CommandContext, predictions: Path | None) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if predictions is not None:
            command.output.note(f"What was answered is kept in {predictions}; the same command goes on from there.")
        raise


def _paths(text: str) -> list[Path]:
    """The files of one side: one, or several with commas between."""
    single = expanded(Path(text)) or Path(text)
    parts = [text] if single.exists() else [part.strip() for part in text.split(",")]
    if not all(parts):
        raise UsageError(f"There is an empty name among {text!r}.", hint="Name files, with commas between them.")
    return [expanded(Path(part)) or Path(part) for part in parts]


def _model_file(command: CommandContext) -> Path | None:
    """The weights that answer, where they are on this disk."""
    app, chat = command.app, command.app.settings.models.chat
    return app.models.path(chat) if app.backend.model == app.models.info(chat).name else None


def _show(command: CommandContext, figures: dict[str, Any]) -> None:
    command.output.result(figures)
    for name, value in figures.items():
        command.output.say(f"{name}: {value}")
