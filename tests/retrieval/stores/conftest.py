"""A store of another package, as if that were installed."""

from collections.abc import Callable
from importlib.metadata import EntryPoint

import pytest
from ayllu.retrieval.stores import registry
from list_store import ListStore

Install = Callable[..., None]


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Make `store = NAME` mean a class, which is called with a folder."""
    stores: dict[str, object] = {}
    monkeypatch.setattr(EntryPoint, "load", lambda point: stores[point.name])
    monkeypatch.setattr(
        registry,
        "entry_points",
        lambda *, group, name: [EntryPoint(name, "somebody.else:Store", group)] if name in stores else [],
    )
    monkeypatch.setattr(ListStore, "rows", {})
    return stores.__setitem__
