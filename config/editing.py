"""Settings text with some keys set: comments, order and everything else of the person's own stay as they are."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, MutableMapping
from typing import Any

from ..errors import ConfigError


def set_keys(text: str, values: Mapping[str, Any]) -> str:
    """`text` with each of `values` set, tables key by key. A key that is set already gets the new value where it stands.

    Raises:
        ConfigError: the text is no TOML, or a key cannot be set without losing something else (a table lies in its way).
    """
    from tomlkit.exceptions import TOMLKitError

    problem: Exception | None = None
    for inline in (False, True):  # among dotted keys, and within an inline table, no table has a header
        try:
            edited = _edited(text, values, inline=inline)
            if tomllib.loads(edited) == _merged(tomllib.loads(text), values):
                return edited
        except (TOMLKitError, ValueError, TypeError, LookupError) as error:
            problem = problem or error
    raise ConfigError(
        f"The settings cannot be added to safely: {problem or 'something else would be lost'}.", hint="Set them by hand."
    ) from problem


def _edited(text: str, values: Mapping[str, Any], *, inline: bool) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    _set(document, values, inline=inline)
    return _with_line_ends_of(text, tomlkit.dumps(document))


def _set(table: MutableMapping[str, Any], values: Mapping[str, Any], *, inline: bool) -> None:
    for key, value in values.items():
        if key in table and isinstance(table[key], Mapping) != isinstance(value, Mapping):
            raise ValueError(f"`{key}` is a {'table' if isinstance(table[key], Mapping) else 'value'}")
        if not isinstance(value, Mapping):
            table[key] = value
        elif key in table:
            _set(table[key], value, inline=inline)
        else:
            table[key] = _new_table(value, inline=inline)


def _new_table(values: Mapping[str, Any], *, inline: bool) -> Any:
    """An inline table, or one under a header of its own, which a table of tables alone needs not."""
    import tomlkit

    holds_tables_alone = bool(values) and all(isinstance(value, Mapping) for value in values.values())
    table = tomlkit.inline_table() if inline else tomlkit.table(is_super_table=holds_tables_alone)
    for key, value in values.items():
        table[key] = _new_table(value, inline=inline) if isinstance(value, Mapping) else value
    return table


def _merged(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(before)
    for key, value in values.items():
        merged[key] = _merged(before.get(key, {}), value) if isinstance(value, Mapping) else value
    return merged


def _with_line_ends_of(text: str, edited: str) -> str:
    """New lines end as all the others do."""
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        return edited.replace("\r\n", "\n").replace("\n", "\r\n")
    return edited
