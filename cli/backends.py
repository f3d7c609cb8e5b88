"""`ayllu backends`: who can answer, and whether they do."""

from __future__ import annotations

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
    _show(context.obj, _look(context.obj, None, start=False))


@group.command("check")
def check(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Which backend; else the one in use.")] = None,
) -> int:
    """Start a backend and see whether it answers."""
    command: CommandContext = context.obj
    healths = _look(command, name or command.app.settings.backend, start=True)
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


def _look(command: CommandContext, name: str | None, *, start: bool) -> Sequence[Health]:
    """A row for `name`, or for all; that of a `fallback` is made from those of its targets, which stand below it."""
    from ..backends import Health, answering_backends, backend_names, combined_health, fallback_order, refused_plugins

    settings = command.app.settings
    known = [name] if name else backend_names(settings)
    orders = {one: fallback_order(one, settings) for one in known if fallback_order(one, settings)}
    single = (answering_backends(settings, name) or [name]) if name else [one for one in known if one not in orders]

    async def all_of_them() -> Sequence[Health]:
        seen = {one: await _health(command, one, start=start, strict=one == name) for one in single}
        rows = [combined_health(one, [seen[target] for target in order if target in seen]) for one, order in orders.items()]
        passed_over = {} if name else refused_plugins()
        strangers = [Health(one, False, error=error.message, hint=error.hint) for one, error in passed_over.items()]
        return [*rows, *seen.values(), *strangers]

    return command.app.run(all_of_them())


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
