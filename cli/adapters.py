"""`ayllu adapters`: the tuned ones, and which is in use."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import UsageError
from ..text import count, one_line, size
from .compose import Parts
from .failures import Busy

app = typer.Typer(help="Tuned adapters: what there is, what is in use.", rich_markup_mode=None)


_DAY_S = 86_400.0


class Form(StrEnum):
    GGUF = "gguf"
    PEFT = "peft"
    MERGED = "merged"


class Dtype(StrEnum):
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"
    FLOAT32 = "float32"


@app.command("list")
def list_adapters(context: typer.Context) -> None:
    """Every adapter, oldest first, with what the gate said of it."""
    parts: Parts = context.obj
    known = parts.adapters.list()
    sizes = {one.adapter_id: parts.adapters.size(one.adapter_id) for one in known}
    shown = [one.to_json() | {"size_bytes": sizes[one.adapter_id]} for one in known]
    parts.output.result({"adapters": shown, "folder": str(parts.paths.adapters)})
    parts.output.table(
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


@app.command("promote")
def promote(context: typer.Context, adapter_id: Annotated[str, typer.Argument(help="Which.")]) -> None:
    """Put an adapter to work, whatever the gate said. A running chat goes over to it at its next question."""
    parts: Parts = context.obj
    one = parts.adapters.promote(adapter_id)
    parts.output.result(one.to_json())
    parts.output.say(f"{one.adapter_id} is in use for {one.base}.")


@app.command("rollback")
def rollback(
    context: typer.Context,
    to: Annotated[
        str, typer.Option("--to", metavar="ID|none", help="Further back: to this one, or to the untuned model.")
    ] = "",
) -> None:
    """Go back to what was in use before."""
    parts: Parts = context.obj
    base = parts.models.info(parts.settings.models.chat).name
    one = parts.adapters.rollback(base, None if to == "none" else to)
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


@app.command("export")
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

    parts: Parts = context.obj
    one = parts.adapters.get(adapter_id) if adapter_id != "none" else None
    source = parts.adapters.path(adapter_id).parent if one is not None else None
    if source is None and form is not Form.MERGED:
        raise UsageError("Without an adapter there is only the base to write.", hint="Add `--format merged`.")

    def base_path() -> Path:
        if base:
            return _here(base)
        chat = parts.settings.models.chat
        return base_of(one, parts.models, chat) if one is not None else parts.models.ensure(chat)

    if source is not None and form is Form.GGUF:
        whole = (source / "adapter.gguf").is_file() and not base
        done = export_gguf(source, None if whole else base_path(), folder, parts.output.note)
    elif source is not None and form is Form.PEFT:
        done = export_peft(source, folder, base or _hub_id(parts, one.base if one else ""), parts.output.note)
    else:
        done = export_merged(source, base_path(), folder, str(dtype), parts.output.note)  # type: ignore[arg-type] # its values
    parts.output.result(
        {
            "adapter_id": adapter_id if one is not None else None,
            "format": str(form),
            "path": str(done.path),
            "files": list(done.files),
            "bytes": done.size_bytes,
        }
    )
    parts.output.say(f"Written: {done.path} ({size(done.size_bytes)}: {', '.join(done.files)}).")


@app.command("gc")
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

    parts: Parts = context.obj
    registry = parts.adapters
    with _nobody_learning(parts):
        kept = adapters_mentioned(parts.feedback.list())
        candidates = registry.collectable(kept)
        kept |= {one.adapter_id for one in candidates[max(len(candidates) - keep, 0) :]}
        gone = {one.adapter_id: registry.size(one.adapter_id) for one in registry.collectable(kept)}
        left = {path: size_on_disk(path) for path in find_leftovers(registry.folder, days * _DAY_S)}
        if not dry_run:
            registry.collect(kept)
            for path in left:
                path.unlink() if path.is_file() else shutil.rmtree(path, ignore_errors=True)
    freed = sum(gone.values()) + sum(left.values())
    parts.output.result(
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
        parts.output.say(f"{name}: {size(length)}")
    would = "would go" if dry_run else "gone"
    parts.output.say(f"{count(len(gone), 'adapter')} and {count(len(left), 'leftover')} {would}: {size(freed)}.")


@contextmanager
def _nobody_learning(parts: Parts) -> Iterator[None]:
    """Raises `Busy` where an adapter is being trained at this moment."""
    from filelock import FileLock, Timeout

    parts.paths.adapters.mkdir(parents=True, exist_ok=True)
    try:
        alone = FileLock(parts.paths.adapters / ".learning").acquire(timeout=0)
    except Timeout as error:
        raise Busy("Another ayllu is learning at this moment.", hint="Collect when it is done.") from error
    with alone:
        yield


def _here(base: str) -> Path:
    """A base given by a person, which is to be read.

    Raises:
        UsageError: it is not there.
    """
    path = Path(base).expanduser()
    if not path.exists():
        raise UsageError(f"{base} is not there.", hint="Name a GGUF file or a Hugging Face folder on this disk.")
    return path.absolute()


def _hub_id(parts: Parts, base: str) -> str:
    """What the hub calls the model that a base known by name was made of.

    Raises:
        UsageError: nobody knows.
    """
    original = next((one.original for one in parts.models.list() if one.name == base), "")
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
