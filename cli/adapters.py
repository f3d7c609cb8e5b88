"""`ayllu adapters`: the tuned ones, and which is in use."""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..app import learning_lock
from ..errors import UsageError
from ..text import count, one_line, size
from .context import CommandContext

group = typer.Typer(help="Tuned adapters: what there is, what is in use.", rich_markup_mode=None)


_DAY_S = 86_400.0


class Form(StrEnum):
    GGUF = "gguf"
    PEFT = "peft"
    MERGED = "merged"


class Dtype(StrEnum):
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    FLOAT32 = "float32"


@group.command("list")
def list_adapters(context: typer.Context) -> None:
    """Every adapter, oldest first, with what the gate said of it."""
    command: CommandContext = context.obj
    known = command.app.adapters.list()
    sizes = {one.adapter_id: command.app.adapters.size(one.adapter_id) for one in known}
    shown = [one.to_json() | {"size_bytes": sizes[one.adapter_id]} for one in known]
    command.output.result({"adapters": shown, "folder": str(command.app.paths.adapters)})
    command.output.table(
        ("adapter", "state", "base", "size", "before", "after", "reason"),
        [
            (
                one.adapter_id,
                one.state,
                one.base,
                size(sizes[one.adapter_id]),
                _figure(one.metrics, "before"),
                _figure(one.metrics, "after"),
                one_line(one.reason, 90),
            )
            for one in known
        ],
    )


@group.command("promote")
def promote(context: typer.Context, adapter_id: Annotated[str, typer.Argument(help="Which.")]) -> None:
    """Put an adapter to work, whatever the gate said. A running chat goes over to it at its next question."""
    command: CommandContext = context.obj
    one = command.app.adapters.promote(adapter_id)
    command.output.result(one.to_json())
    command.output.say(f"{one.adapter_id} is in use for {one.base}.")


@group.command("rollback")
def rollback(
    context: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="ID|none", help="Further back: to this one, or to the untuned model.")
    ] = "",
) -> None:
    """Go back to what was in use before."""
    command: CommandContext = context.obj
    base = command.app.models.info(command.app.settings.models.chat).name
    one = command.app.adapters.rollback(base, None if to == "none" else to)
    command.output.result({"base": base, "adapter_id": one.adapter_id if one else None})
    command.output.say(f"In use for {base}: {one.adapter_id if one else 'the untuned model'}.")


@group.command("compare")
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="One adapter.")],
    second: Annotated[str, typer.Argument(help="Another.")],
) -> None:
    """What the gate measured of two adapters, side by side."""
    command: CommandContext = context.obj
    two = [command.app.adapters.get(one) for one in (first, second)]
    command.output.result({"adapters": [one.to_json() for one in two]})
    rows = [
        (name, *(_figure(one.metrics, name) for one in two))
        for name in ("metric", "before", "after", "interval", "mcnemar_p")
    ]
    rows += [(name, *(str(getattr(one, name)) for one in two)) for name in ("state", "method", "created_at", "events")]
    command.output.table(("", first, second), rows)


@group.command("export")
def export(
    context: typer.Context,
    adapter_id: Annotated[str, typer.Argument(metavar="ID", help="Which; `none` is the untuned model, merged only.")],
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A new folder.")],
    form: Annotated[
        Form, typer.Option("--format", help="For llama.cpp; for TGI and vLLM beside a base; or whole.")
    ] = Form.GGUF,
    base: Annotated[
        str,
        typer.Option("--base", metavar="PATH|HUB-ID", help="Another base than it was trained on; peft: what it is called."),
    ] = "",
    dtype: Annotated[Dtype, typer.Option("--dtype", help="Of merged weights.")] = Dtype.BFLOAT16,
) -> None:
    """Write an adapter for other servers, whole or not at all."""
    from ..training import base_of, export_gguf, export_merged, export_peft

    command: CommandContext = context.obj
    one = command.app.adapters.get(adapter_id) if adapter_id != "none" else None
    source = command.app.adapters.path(adapter_id).parent if one is not None else None
    if source is None and form is not Form.MERGED:
        raise UsageError("Without an adapter there is only the base to write.", hint="Add `--format merged`.")

    def base_path() -> Path:
        if base:
            return _here(base)
        chat = command.app.settings.models.chat
        return base_of(one, command.app.models, chat) if one is not None else command.app.models.ensure(chat)

    if source is not None and form is Form.GGUF:
        whole = (source / "adapter.gguf").is_file() and not base
        done = export_gguf(source, None if whole else base_path(), folder, command.output.note)
    elif source is not None and form is Form.PEFT:
        done = export_peft(source, folder, base or _hub_id(command, one.base if one else ""), command.output.note)
    else:
        done = export_merged(source, base_path(), folder, str(dtype), command.output.note)  # type: ignore[arg-type] # its values
    command.output.result(
        {
            "adapter_id": adapter_id if one is not None else None,
            "format": str(form),
            "path": str(done.path),
            "files": list(done.files),
            "bytes": done.size_bytes,
        }
    )
    command.output.say(f"Written: {done.path} ({size(done.size_bytes)}: {', '.join(done.files)}).")


@group.command("gc")
def collect(
    context: typer.Context,
    keep: Annotated[int, typer.Option("--keep", metavar="N", min=0, help="Keep the N newest candidates too.")] = 3,
    days: Annotated[
        float, typer.Option("--days", min=0.0, help="What killed runs left goes once nobody has touched it for so long.")
    ] = 7.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete candidates that nobody needs, and what killed runs left.

    What is or was in use stays, and so does what any feedback speaks of.
    """
    from ..adapters import find_leftovers, size_on_disk
    from ..feedback import adapters_mentioned

    command: CommandContext = context.obj
    registry = command.app.adapters
    with learning_lock(registry.folder, "Collect when it is done."):
        kept = adapters_mentioned(command.app.feedback.list())
        candidates = registry.collectable(kept)
        kept |= {one.adapter_id for one in candidates[max(len(candidates) - keep, 0) :]}
        gone = {one.adapter_id: registry.size(one.adapter_id) for one in registry.collectable(kept)}
        left = {path: size_on_disk(path) for path in find_leftovers(registry.folder, days * _DAY_S)}
        if not dry_run:
            registry.collect(kept)
            for path in left:
                path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    freed = sum(gone.values()) + sum(left.values())
    command.output.result(
        {
            "removed": [{"adapter_id": one, "bytes": length} for one, length in gone.items()],
            "leftovers": [{"path": str(path), "bytes": length} for path, length in left.items()],
            "bytes": freed,
            "dry_run": dry_run,
        }
    )
    for name, length in (
        *gone.items(),
        *((str(path.relative_to(registry.folder)), length) for path, length in left.items()),
    ):
        command.output.say(f"{name}: {size(length)}")
    would = "would go" if dry_run else "gone"
    command.output.say(f"{count(len(gone), 'adapter')} and {count(len(left), 'leftover')} {would}: {size(freed)}.")


def _here(base: str) -> Path:
    """A base given by a person, which is to be read.

    Raises:
        UsageError: it is not there.
    """
    path = Path(base).expanduser()
    if not path.exists():
        raise UsageError(f"{base} is not there.", hint="Name a GGUF file or a Hugging Face folder on this disk.")
    return path.absolute()


def _hub_id(command: CommandContext, base: str) -> str:
    """What the hub calls the model that a base known by name was made of.

    Raises:
        UsageError: nobody knows.
    """
    original = next((one.original for one in command.app.models.list() if one.name == base), "")
    if not original:
        raise UsageError(
            f"What the hub calls {base} is not known.",
            hint="Say it: `--base HUB-ID`, or the path of the base as the server will see it.",
        )
    return original


def _figure(metrics: Any, name: str) -> str:
    value = metrics.get(name)
    if isinstance(value, list | tuple):
        return " to ".join(f"{one:+.3f}" for one in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value if value is not None else "")
