"""The scripted backend by name: what `[backends.scripted.options]` says is what it is made of."""

from typing import Any

from ayllu.backends.scripted import ScriptedBackend


def open_scripted(name: str, table: Any, context: Any) -> ScriptedBackend:
    """Options are `ScriptedBackend`'s. Without any it points at spans, and likes names and figures."""
    return ScriptedBackend(name, **{"style": "span", **table.options})
