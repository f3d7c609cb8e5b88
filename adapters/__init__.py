"""Tuned adapters: each with its lineage, and which one is in use."""

from .leftovers import leftovers
from .registry import Adapter, AdapterRegistry, Adapters, Pinned, RegistryDamaged, size_of

__all__ = ["Adapter", "AdapterRegistry", "Adapters", "Pinned", "RegistryDamaged", "leftovers", "size_of"]
