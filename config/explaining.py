"""What a person is told of a wrong key or value: where it stands, what is wrong, and which key comes nearest."""

from __future__ import annotations

import difflib
import json
from typing import Any

from pydantic import BaseModel, ValidationError

from ..errors import ConfigError
from ..redaction import names_secret
from .backends import TABLES, table_class
from .settings import CollectionSettings, Settings

Key = tuple[str, ...]  # the names on the way to a value
Layers = dict[Key, tuple[Any, str]]  # the value that stands, and its origin
_EXAMPLE = "llamacpp"  # the backend whose keys stand for those of all, where none is named
_COLLECTION = "NAME"  # stands for every collection's
_REMOVED = {"speculation": "It was removed, for guessing tokens did not pay: take the line out."}


def dotted(key: Key) -> str:
    return ".".join(key)


def explain(error: ValidationError, layers: Layers) -> ConfigError:
    """The first of what is wrong."""
    first = error.errors()[0]
    key = tuple(str(part) for part in first["loc"])
    if key[0] == "backends":
        key = key[:2] + key[3:]  # after a backend's name stands the class of its kind
    origin = next((origin for other, (_, origin) in layers.items() if _share_a_path(key, other)), "?")
    if first["type"] == "extra_forbidden":
        return ConfigError(f"{origin}: there is no setting `{dotted(key)}`.", hint=_nearest(key, layers))
    message = first["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    if first["type"] in ("model_type", "dict_type"):
        message = "it is a table of settings"
    return ConfigError(
        f"{origin}: `{dotted(key)}`{_shown(key, first.get('input'))} is not right: {message}.",
        hint="`ayllu config show` lists every key with its value.",
    )


def _shown(key: Key, value: object) -> str:
    """The value, unless its key or its name says that it is a secret; of a table the keys are enough."""
    if names_secret(key[-1]):
        return ""
    return " (a table)" if isinstance(value, dict) else f" = {json.dumps(value, default=str)}"


def _share_a_path(key: Key, other: Key) -> bool:
    return key[: len(other)] == other or other[: len(key)] == key


def _nearest(key: Key, layers: Layers) -> str:
    if key[0] != "backends" or len(key) < 3:
        return f"The nearest one is `{_closest(dotted(key), _keys(Settings))}`."
    name, setting = key[1], key[2]
    if setting in _REMOVED:
        return _REMOVED[setting]
    kind = layers.get(("backends", name, "kind"), (None, ""))[0] or name
    near = _closest(setting, list(table_class(kind).model_fields))
    nearest = f"The nearest one is `{dotted(('backends', name, near))}`"
    owners = [owner for owner, table in TABLES.items() if setting in table.model_fields]
    if setting == "options":
        return f"{nearest}; `options` belongs to the kinds of plug-ins."
    if not owners:
        return f"{nearest}."
    of_owners = f"the kind `{owners[0]}`" if len(owners) == 1 else f"the kinds {_listed(owners)}"
    unset = "" if kind in TABLES else f", and `{kind}` is no kind of ayllu's: say which it is with `kind`"
    return f"{nearest}; `{setting}` belongs to {of_owners}{unset}."


def _closest(key: str, keys: list[str]) -> str:
    return difflib.get_close_matches(key, keys, n=1, cutoff=0.0)[0]


def _listed(kinds: list[str]) -> str:
    return ", ".join(f"`{kind}`" for kind in kinds[:-1]) + f" and `{kinds[-1]}`"


def _keys(table: type[BaseModel], prefix: Key = ()) -> list[str]:
    """Every key below `prefix`, dotted."""
    keys: list[str] = []
    for name, field in table.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys.extend(_keys(field.annotation, (*prefix, name)))
        elif name == "collections":
            keys.extend(_keys(CollectionSettings, (name, _COLLECTION)))
        elif name == "backends":
            keys.extend(_keys(TABLES[_EXAMPLE], (name, _EXAMPLE)))
        else:
            keys.append(dotted((*prefix, name)))
    return keys
