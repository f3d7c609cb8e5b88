"""`ayllu adapters`: the tuned ones, and which is in use."""

from __future__ import annotations

import shutil
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import paths
from ..app import learning_lock, loads_peft, serving_notes, tuned_base
from ..errors import UsageError
from ..text import count, one_line, size
from .context import CommandContext
from .options import LARGEST_COUNT, expanded

group = typer.Typer(help="Tuned adapters: what there is, what is in use.", rich_markup_mode=None)

_DAY_S = 86_400.0
_COMPARED_METRICS = ("metric", "before", "after", "interval", "mcnemar_p")
_COMPARED_FIELDS = ("state", "method", "created_at", "events")


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
    registry, output = command.app.adapters, command.output
    sizes = [(adapter, registry.size(adapter.adapter_id)) for adapter in registry.list()]
    forms = {adapter.adapter_id: registry.forms(adapter.adapter_id) for adapter, _ in sizes}
    listed = [
        adapter.to_json() | {"size_bytes": size_bytes, "forms": list(forms[adapter.adapter_id])}
        for adapter, size_bytes in sizes
    ]
    output.result({"adapters": listed, "folder": str(registry.folder)})
    output.table(
        ("adapter", "state", "base", "forms", "size", "before", "after", "reason"),
        [
            (
                adapter.adapter_id,
                adapter.state,
                adapter.base,
                ", ".join(forms[adapter.adapter_id]),
                size(size_bytes),
                _figure(adapter.metrics, "before"),
                _figure(adapter.metrics, "after"),
                one_line(adapter.reason, 90),
            )
            for adapter, size_bytes in sizes
        ],
    )


@group.command("promote")
def promote(context: typer.Context, adapter_id: Annotated[str, typer.Argument(help="Which.")]) -> None:
    """Put an adapter to work, whatever the gate said. A running chat goes over to it at its next question."""
    command: CommandContext = context.obj
    registry = command.app.adapters
    adapter = registry.get(adapter_id)
    forms = registry.forms(adapter_id)
    if list(forms) == ["peft"] and not loads_peft(command.app.settings):
        raise UsageError(
            f"{adapter_id} is here in PEFT's form alone, which the backend in use ({command.app.settings.backend}) does not"
            " load.",
            hint=f"transformers, vLLM and TGI do: have one of them run {adapter.base}, then promote it.",
        )
    adapter = registry.promote(adapter_id)
    notes = serving_notes(command.app.settings, adapter, registry.path(adapter_id).parent)
    command.output.result(adapter.to_json() | {"forms": list(forms), "notes": notes})
    command.output.say(f"{adapter.adapter_id} is in use for {adapter.base}.")
    for note in notes:
        command.output.say(note)


@group.command("rollback")
def rollback(
    context: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="ID|none", help="Further back: to this one, or to the untuned model.")
    ] = "",
    base: Annotated[
        str, typer.Option("--base", metavar="MODEL", help="Of which model of the list; else of the one that answers.")
    ] = "",
) -> None:
    """Go back to what was in use before."""
    command: CommandContext = context.obj
    base = base or tuned_base(command.app)
    adapter = command.app.adapters.rollback(base, None if to == "none" else to)
    folder = command.app.adapters.path(adapter.adapter_id).parent if adapter else None
    notes = serving_notes(command.app.settings, adapter, folder)
    command.output.result({"base": base, "adapter_id": adapter.adapter_id if adapter else None, "notes": notes})
    command.output.say(f"In use for {base}: {adapter.adapter_id if adapter else 'the untuned model'}.")
    for note in notes:
        command.output.say(note)


@group.command("compare")
def compare(
    context: typer.Context,
    first: Annotated[str, typer.Argument(help="One adapter.")],
    second: Annotated[str, typer.Argument(help="Another.")],
) -> None:
    """What the gate measured of two adapters, side by side."""
    command: CommandContext = context.obj
    compared = [command.app.adapters.get(adapter_id) for adapter_id in (first, second)]
    command.output.result({"adapters": [adapter.to_json() for adapter in compared]})
    rows = [(name, *(_figure(adapter.metrics, name) for adapter in compared)) for name in _COMPARED_METRICS]
    rows += [(name, *(str(getattr(adapter, name)) for adapter in compared)) for name in _COMPARED_FIELDS]
    command.output.table(("", first, second), rows)


@group.command("export")
def export(
    context: typer.Context,
    adapter_id: Annotated[str, typer.Argument(metavar="ID", help="Which; `none` is the untuned model, merged only.")],
    folder: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", callback=expanded, help="A new folder.")],
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
    registry, announce = command.app.adapters, command.output.note
    adapter = registry.get(adapter_id) if adapter_id != "none" else None
    source = registry.path(adapter_id).parent if adapter is not None else None
    if source is None and form is not Form.MERGED:
        raise UsageError("Without an adapter there is only the base to write.", hint="Add `--format merged`.")

    def base_path() -> Path:
        if base:
            return _existing_base(base)
        chat = command.app.settings.models.chat
        return base_of(adapter, command.app.models, chat) if adapter is not None else command.app.models.ensure(chat)

    if source is not None and form is Form.GGUF:
        converted = (source / "adapter.gguf").is_file() and not base
        exported = export_gguf(source, None if converted else base_path(), folder, announce)
    elif source is not None and form is Form.PEFT:
        exported = export_peft(source, folder, base or _hub_id(command, adapter.base if adapter else ""), announce)
    else:
        exported = export_merged(source, base_path(), folder, str(dtype), announce)  # type: ignore[arg-type] # its values
    command.output.result(
        {
            "adapter_id": adapter_id if adapter is not None else None,
            "format": str(form),
            "path": str(exported.path),
            "files": list(exported.files),
            "bytes": exported.size_bytes,
        }
    )
    command.output.say(f"Written: {exported.path} ({size(exported.size_bytes)}: {', '.join(exported.files)}).")


@group.command("gc")
def collect(
    context: typer.Context,
    keep: Annotated[
        int, typer.Option("--keep", metavar="N", min=0, max=LARGEST_COUNT, help="Keep the N newest candidates too.")
    ] = 3,
    days: Annotated[
        float,
        typer.Option("--days", min=0.0, max=1e6, help="What killed runs left goes once nobody has touched it for so long."),
    ] = 7.0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Delete candidates that nobody needs, and what killed runs left.

    What is or was in use stays, and so does what any feedback speaks of.
    """
    from ..adapters import find_leftovers, size_on_disk
    from ..feedback import adapters_mentioned

    command: CommandContext = context.obj
    registry, output = command.app.adapters, command.output
    with learning_lock(registry.folder, "Collect when it is done."):
        kept = adapters_mentioned(command.app.feedback.list())
        candidates = registry.collectable(kept)
        kept |= {adapter.adapter_id for adapter in candidates[max(len(candidates) - keep, 0) :]}
        removed = {adapter.adapter_id: registry.size(adapter.adapter_id) for adapter in registry.collectable(kept)}
        leftovers = {path: size_on_disk(path) for path in find_leftovers(registry.folder, days * _DAY_S)}
        if not dry_run:
            registry.collect(kept)
            for path in leftovers:
                path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    freed = sum(removed.values()) + sum(leftovers.values())
    output.result(
        {
            "removed": [{"adapter_id": name, "bytes": size_bytes} for name, size_bytes in removed.items()],
            "leftovers": [{"path": str(path), "bytes": size_bytes} for path, size_bytes in leftovers.items()],
            "bytes": freed,
            "dry_run": dry_run,
        }
    )
    names = removed | {str(path.relative_to(registry.folder)): size_bytes for path, size_bytes in leftovers.items()}
    for name, size_bytes in names.items():
        output.say(f"{name}: {size(size_bytes)}")
    gone = "would go" if dry_run else "gone"
    output.say(f"{count(len(removed), 'adapter')} and {count(len(leftovers), 'leftover')} {gone}: {size(freed)}.")


def _existing_base(base: str) -> Path:
    """A base given by a person, which is to be read.

    Raises:
        UsageError: it is not there.
    """
    path = paths.expand(base)
    if not path.exists():
        raise UsageError(f"{base} is not there.", hint="Name a GGUF file or a Hugging Face folder on this disk.")
    return path.absolute()


def _hub_id(command: CommandContext, base: str) -> str:
    """What the hub calls the model that a base known by name was made of.

    Raises:
        UsageError: nobody knows.
    """
    original = next((model.original for model in command.app.models.list() if model.name == base), "")
    if not original:
        raise UsageError(
            f"What the hub calls {base} is not known.",
            hint="Say it: `--base HUB-ID`, or the path of the base as the server will see it.",
        )
    return original


def _figure(metrics: Any, name: str) -> str:
    value = metrics.get(name)
    if isinstance(value, list | tuple):
        return " to ".join(f"{bound:+.3f}" for bound in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value if value is not None else "")
