"""The commented settings file that `config init` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from .backends import TABLES
from .settings import CollectionSettings, Settings

_SHOWN = ("fallback", "llamacpp", "transformers", "tgi", "ollama", "vllm")  # a table of each stands for all of its like

_OTHER_NAME = (
    "",
    "# Several servers of one kind are several tables, under names of their own.",
    "# [backends.big]",
    '# kind = "vllm"',
    '# url = "http://gpu:8000/v1"',
)


def template() -> str:
    """A settings file with every key commented out, its default and what it is for; of `[backends]`, a table a kind."""
    lines = ["# ayllu settings. Remove the # before a key to change it.", "", *_lines(Settings, "")]
    lines += ["", "# [collections.NAME]", *_lines(CollectionSettings, "collections.NAME.")]
    for kind in _SHOWN:
        lines += ["", f"# [backends.{kind}]", *_lines(TABLES[kind], f"backends.{kind}.")]
    return "\n".join([*lines, *_OTHER_NAME]) + "\n"


def _lines(table: type[BaseModel], prefix: str) -> Iterator[str]:
    inner: list[tuple[str, type[BaseModel]]] = []
    for name, field in table.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            inner.append((f"{prefix}{name}", field.annotation))
        elif name not in ("backends", "collections", "kind"):
            if field.description:
                yield f"# {field.description}"
            value = field.get_default(call_default_factory=True)
            yield f"# {name} = {'...' if value is None else json.dumps(value)}"
    for path, model in inner:
        yield from ("", f"# [{path}]")
        yield from _lines(model, f"{path}.")
