"""Four layers become one tree: defaults < TOML file < environment < flags, with the origin of every value.

Loaded once at the entry point and handed down.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..errors import ConfigError
from .explaining import Key, Layers, dotted, explain
from .settings import Settings

_PREFIX = "AYLLU_"
_FOLDERS = {"AYLLU_HOME", "AYLLU_MODELS", "AYLLU_CONFIG"}  # see `paths`
_SECRETS = {"AYLLU_EMBEDDINGS_TOKEN"}  # an endpoint's embedder reads it; no setting holds a secret


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with, for each dotted key, where its value came from: `default`, a file, a variable or a flag."""

    settings: Settings
    origins: Mapping[str, str]


def load(config: Path, *, environ: Mapping[str, str] = os.environ, flags: Mapping[str, Any] | None = None) -> Loaded:
    """Merge the four layers. `flags` maps dotted keys to values; `None` values are flags that were not given.

    Raises:
        ConfigError: a file that is not TOML, an unknown key, a wrong value. It names the file (or the variable), the key
            and the nearest valid one.
    """
    layers: Layers = {}
    for key, value in _leaves(_read(config)):
        _put(layers, key, value, str(config))
    for name, text in environ.items():
        if name.startswith(_PREFIX) and name not in _FOLDERS | _SECRETS:
            key = tuple(name[len(_PREFIX) :].lower().split("__"))
            _put(layers, key, _from_text(key, text), f"environment {name}")
    for flag, value in (flags or {}).items():
        if value is not None:
            _put(layers, tuple(flag.split(".")), value, "flag")
    try:
        settings = Settings.model_validate(_tree(layers))
    except ValidationError as error:
        raise explain(error, layers) from error
    origins = {dotted(key): layers[key][1] if key in layers else "default" for key, _ in _leaves(settings.model_dump())}
    return Loaded(settings, origins)


def flatten(settings: Settings) -> dict[str, Any]:
    """Every setting under its dotted key."""
    return {dotted(key): value for key, value in _leaves(settings.model_dump())}


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, a number of 5,000 digits, a thousand brackets
        raise ConfigError(f"{config} is not valid TOML: {error}", hint="Mend that line, or move the file away.") from error
    except OSError as error:
        raise ConfigError(f"{config} cannot be read: {error.strerror}", hint="Check its permissions.") from error


def _leaves(tree: Mapping[str, Any], prefix: Key = ()) -> Iterator[tuple[Key, Any]]:
    """Every value with its key. An empty table of a table is a value: it says that there is one."""
    for name, value in tree.items():
        if isinstance(value, Mapping) and (value or not prefix):
            yield from _leaves(value, (*prefix, name))
        else:
            yield (*prefix, name), value


def _from_text(key: Key, text: str) -> Any:
    """A variable's text as JSON where it is a list, a table or null, else as it stands.

    The schema reads numbers and truth values from text, and a text such as a person's name may look like one of them. Only a
    plug-in's `options` have no schema.
    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # no JSON, or more of it than Python reads
        return text
    return text if isinstance(value, bool | int | float) and "options" not in key else value


def _put(layers: Layers, key: Key, value: Any, origin: str) -> None:
    """Lay a value over those of the layers below; a table goes in key by key, so that each keeps its origin."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            _put(layers, (*key, str(name)), inner, origin)
    else:
        layers.pop(key, None)  # what stands last is what holds, also where a table meets a value
        layers[key] = (value, origin)


def _tree(layers: Layers) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, (value, origin) in layers.items():
        table = tree
        for at, parent in enumerate(key[:-1], start=1):
            child = table.setdefault(parent, {})
            if not isinstance(child, dict):
                raise ConfigError(
                    f"{origin}: `{dotted(key)}` lies below `{dotted(key[:at])}`, which is a value.",
                    hint="Set one or the other.",
                )
            table = child
        if value != {} or not isinstance(table.get(key[-1]), dict):  # an empty table takes nothing away
            table[key[-1]] = value
    return tree
