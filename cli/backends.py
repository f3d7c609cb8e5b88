"""`ayllu backends`: who can answer, and whether they do."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import AylluError
from ..text import one_line
from .context import CommandContext

if TYPE_CHECKING:
    from ..backends import Health

group = typer.Typer(help="Model servers: list, check, discover.", rich_markup_mode=None)


@group.command("list")
def list_backends(context: typer.Context) -> None:
    """Every backend of your settings, with one quick look at each."""
    command: CommandContext = context.obj
    command.app.models.forbid_downloads()
    _show(command, _look(command, None, start=False))


@group.command("check")
def check(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which backend; else the one in use.")] = None,
) -> int:
    """Start a backend and see whether it answers."""
    from ..backends import embedded_models

    command: CommandContext = context.obj
    name = name or command.app.settings.backend
    with contextlib.suppress(AylluError):  # its row says it; asked here, since Ctrl-C ends no question put in a thread
        command.app.models.request(embedded_models(command.app.settings, name))
    healths = _look(command, name, start=True)
    _show(command, healths)
    return 0 if healths[0].healthy else 1


@group.command("discover")
def discover(context: typer.Context) -> None:
    """Look for model servers that already run on this machine."""
    from ..backends import discover as look

    command: CommandContext = context.obj
    servers = command.app.run(look())
    command.output.result({"servers": [server.to_json() for server in servers]})
    for server in servers:
        command.output.say(
            f"{server.name} at {server.url}: {', '.join(one_line(name, 60) for name in server.models)}", "bold"
        )
        command.output.say("To use it, put this into the settings file (`ayllu config path`):", "dim")
        command.output.say("\n".join(f"  {line}" for line in server.toml.splitlines()))
    if not servers:
        command.output.say("No model server answers on this machine's usual ports.")


def _look(command: CommandContext, asked_for: str | None, *, start: bool) -> Sequence[Health]:
    """A row for one backend, or for all; that of a `fallback` is made from those of its targets, which stand below it."""
    from ..backends import Health, answering_backends, backend_names, combined_health, fallback_order, refused_plugins

    settings = command.app.settings
    names = [asked_for] if asked_for else backend_names(settings)
    orders = {name: order for name in names if (order := fallback_order(name, settings))}
    targets = (answering_backends(settings, asked_for) or [asked_for]) if asked_for else []
    looked_at = targets or [name for name in names if name not in orders]

    async def look_at_all() -> Sequence[Health]:
        healths = {name: await _health(command, name, start=start, strict=name == asked_for) for name in looked_at}
        fallbacks = [
            combined_health(name, [healths[target] for target in order if target in healths])
            for name, order in orders.items()
        ]
        refused = {} if asked_for else refused_plugins()
        plugins = [Health(name, False, error=error.message, hint=error.hint) for name, error in refused.items()]
        return [*fallbacks, *healths.values(), *plugins]

    return command.app.run(look_at_all())


async def _health(command: CommandContext, name: str, *, start: bool, strict: bool) -> Health:
    """One backend's health; what goes wrong is in it, except a name that is not known and was asked for (`strict`)."""
    from ..backends import Health

    try:
        backend = command.app.open_backend(name)
    except AylluError as error:
        if strict:
            raise
        return Health(name, False, error=error.message, hint=error.hint)
    try:
        if start:
            await backend.start()
        return await backend.health()
    except AylluError as error:
        return Health(name, False, error=error.message, hint=error.hint)
    finally:
        await backend.close()


def _show(command: CommandContext, healths: Sequence[Health]) -> None:
    command.output.result({"backends": [asdict(health) for health in healths]})
    command.output.table(
        ("name", "answers", "model", "adapter", "context", "latency", "more"),
        [
            (
                health.name,
                "yes" if health.healthy else "no",
                one_line(health.model or "", 60),
                health.adapter or "",
                health.context or "",
                f"{health.latency_s:.2f} s" if health.latency_s is not None else "",
                ", ".join(f"{key} {value}" for key, value in health.details.items()),
            )
            for health in healths
        ],
    )
    for health in healths:
        if health.error:
            command.output.say(f"{health.name}: {health.error}", "yellow")
            command.output.say(f"  {health.hint or ''}".rstrip())
