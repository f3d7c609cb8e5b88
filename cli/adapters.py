"""`ayllu adapters`: the tuned ones, and which is in use."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ..text import one_line
from .compose import Parts

app = typer.Typer(help="Tuned adapters: what there is, what is in use.", rich_markup_mode=None)


@app.command("list")
def list_adapters(context: typer.Context) -> None:
    """Every adapter, oldest first, with what the gate said of it."""
    parts: Parts = context.obj
    known = parts.adapters.list()
    parts.output.result({"adapters": [one.to_json() for one in known], "folder": str(parts.paths.adapters)})
    parts.output.table(
        ("adapter", "state", "base", "before", "after", "reason"),
        [
            (
                one.adapter_id,
                one.state,
                one.base,
                _figure(one.metrics, "before"),
                _figure(one.metrics, "after"),
                one_line(one.reason, 90),
            )
            for one in known
        ],
    )


@app.command("promote")
def promote(context: typer.Context, adapter_id: Annotated[str, typer.Argument(help="Which.")]) -> None:
    """Put an adapter to work, whatever the gate said. A running chat goes over to it at its next question."""
    parts: Parts = context.obj
    one = parts.adapters.promote(adapter_id)
    parts.output.result(one.to_json())
    parts.output.say(f"{one.adapter_id} is in use for {one.base}.")


@app.command("rollback")
def rollback(context: typer.Context) -> None:
    """Go back to what was in use before."""
    parts: Parts = context.obj
    base = parts.models.info(parts.settings.models.chat).name
    one = parts.adapters.rollback(base)
    parts.output.result({"base": base, "adapter_id": one.adapter_id if one else None})
    parts.output.say(f"In use for {base}: {one.adapter_id if one else 'the untuned model'}.")


@app.command("compare")
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="One adapter.")],
    second: Annotated[str, typer.Argument(help="Another.")],
) -> None:
    """What the gate measured of two adapters, side by side."""
    parts: Parts = context.obj
    two = [parts.adapters.get(one) for one in (first, second)]
    parts.output.result({"adapters": [one.to_json() for one in two]})
    rows = [
        (name, *(_figure(one.metrics, name) for one in two))
        for name in ("metric", "before", "after", "interval", "mcnemar_p")
    ]
    rows += [(name, *(str(getattr(one, name)) for one in two)) for name in ("state", "method", "created_at", "events")]
    parts.output.table(("", first, second), rows)


def _figure(metrics: Any, name: str) -> str:
    value = metrics.get(name)
    if isinstance(value, list | tuple):
        return " to ".join(f"{one:+.3f}" for one in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value if value is not None else "")
