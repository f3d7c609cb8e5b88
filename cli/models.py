"""`ayllu models`: the base models known by name, which of them fit this machine, pulling them, and choosing one."""

from __future__ import annotations

from typing import Annotated

import typer

from ..text import size
from .context import CommandContext

_PROBED_MEANWHILE = (
    "How it is asked best is being found out in the background; until then it is asked the safe way."
    " `ayllu models list` shows how far that is."
)
group = typer.Typer(help="Base models: what is here, what fits, what is in use.", rich_markup_mode=None)


@group.command("list")
def list_models(context: typer.Context) -> None:
    """Every model known by name: its size, whether it is here and fits this machine, and how fast it writes."""
    from ..app.ladder import Machine, rungs

    command: CommandContext = context.obj
    machine = Machine.look(command.app.paths.models)
    known = rungs(command.app.models, command.app.settings, machine)
    command.output.result(
        {
            "models": [rung.to_json() for rung in known],
            "folder": str(command.app.paths.models),
            "free": {"memory_bytes": machine.memory, "disk_bytes": machine.disk},
        }
    )
    command.output.table(
        ("name", "kind", "size", "memory", "licence", "here", "fits", "writes", "how to ask", "nDCG@10 as published"),
        [
            (
                rung.model.name,
                rung.model.kind,
                size(rung.model.size_bytes),
                size(rung.model.memory_bytes),
                rung.model.licence,
                "in use" if rung.in_use else "yes" if rung.model.present else "",
                "yes" if rung.fits else rung.obstacle,
                rung.speed_words,
                "" if rung.probe is None else rung.probe.words,
                rung.model.public_figures,
            )
            for rung in known
        ],
    )


@group.command("pull")
def pull(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; else the defaults.")] = None,
) -> None:
    """Download models, verified and resumable; those that are here stay as they are."""
    command: CommandContext = context.obj
    wanted = names or [model.name for model in command.app.models.list() if model.default]
    for name in wanted:
        command.app.models.info(name)  # an unknown name stops the command before anything is pulled
    command.app.models.agree(wanted)
    pulled = [(name, command.pull(name)) for name in wanted]
    command.output.result({"models": [command.app.models.info(name).to_json() for name in wanted]})
    for name, path in pulled:
        command.output.say(f"{name}: {path}")


@group.command("use")
def use(
    context: typer.Context,
    model: Annotated[str, typer.Argument(metavar="NAME|FILE", help="A chat model of `ayllu models list`, or a GGUF file.")],
) -> None:
    """Answer with another embedded model from now on: pulled where it is missing, and written into the settings.

    A chat that is running goes over to it between two questions.
    """
    from ..app.choosing import choose_model

    command: CommandContext = context.obj
    choice = choose_model(command.app, model, command.pull)
    command.output.result(
        {
            "model": choice.model.to_json(),
            "path": str(choice.path),
            "setting": {"models.chat": choice.setting},
            "config": str(command.app.paths.config),
            "probe": None if choice.probe is None else choice.probe.to_json(),
            "warnings": list(choice.warnings),
        }
    )
    command.output.say(f"In use from now on: {choice.model.name}. Written to {command.app.paths.config}.")
    if choice.probe is not None and choice.probe.state == "running":
        command.output.say(_PROBED_MEANWHILE)
    for warning in choice.warnings:
        command.output.note(warning, "yellow")


@group.command("probe")
def probe(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE]", help="A model of the list or a GGUF file; else the one in use.")
    ] = None,
) -> None:
    """Find out how a model is asked best, and whether its refusals mean anything. After Ctrl-C it goes on where it was."""
    from contextlib import nullcontext

    from ..agents.probing import probe_answering
    from ..app import fact_reader
    from .progress import ProgressBar

    command: CommandContext = context.obj
    if name is not None:
        command.app.models.info(name)  # an unknown name stops here
        command.app.override_settings({"models.chat": name, "backend": "llamacpp"})
        command.pull(name)  # and nothing else: no document is read
    else:
        command.prepare(chat=True)
    paths, profiles = command.app.paths, command.app.models.profiles
    with (
        ProgressBar("items", stream=command.output.err) as progress,
        fact_reader(command.app) or nullcontext() as second,
    ):
        work = probe_answering(command.app.backend, profiles, paths.prompts, second=second, progress=progress)
        report = command.app.run(work)
    command.output.result(report.to_json())
    command.output.table(
        ("leave to refuse", "right", "refused", "unanswerable refused"),
        [
            (
                leave,
                f"{row.right:.2f}",
                f"{row.refused:.2f}",
                f"{row.unanswerable_refused:.2f}" if row.complete else "given up",
            )
            for leave, row in report.figures.items()
        ],
    )
    if report.readings is not None:
        command.output.table(
            ("short facts", "drafts right", "second reader right", "only draft right", "only second reader right"),
            [tuple(str(number) for number in report.readings.to_json().values())],
        )
    command.output.say(f"{report.model}: {report.words}")
