"""Tuned adapters: each with its lineage, and which one is in use."""

from .adapter import ActiveAdapters, Adapter, PinnedAdapter
from .learned import LearnedExtras, read_learned, write_learned
from .leftovers import find_leftovers
from .looks import Looks
from .registry import AdapterRegistry, Form, RegistryDamaged, size_on_disk

__all__ = [
    "ActiveAdapters",
    "Adapter",
    "AdapterRegistry",
    "Form",
    "LearnedExtras",
    "Looks",
    "PinnedAdapter",
    "RegistryDamaged",
    "find_leftovers",
    "read_learned",
    "size_on_disk",
    "write_learned",
]
