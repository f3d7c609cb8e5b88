"""Tuned adapters: each with its lineage, and which one is in use."""

from .adapter import ActiveAdapters, Adapter, PinnedAdapter
from .leftovers import find_leftovers
from .registry import AdapterRegistry, RegistryDamaged, size_on_disk

__all__ = [
    "ActiveAdapters",
    "Adapter",
    "AdapterRegistry",
    "PinnedAdapter",
    "RegistryDamaged",
    "find_leftovers",
    "size_on_disk",
]
