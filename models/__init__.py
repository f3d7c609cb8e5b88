"""Where weights come from."""

from .adapters import Adapter, AdapterRegistry, Adapters, Pinned, RegistryDamaged, size_of
from .leftovers import leftovers
from .sources import Progress, sha256
from .store import DEFAULT_CHAT, DEFAULT_EMBEDDER, DiskFull, ModelInfo, ModelStore, PullFailed

__all__ = [
    "DEFAULT_CHAT",
    "DEFAULT_EMBEDDER",
    "Adapter",
    "AdapterRegistry",
    "Adapters",
    "DiskFull",
    "ModelInfo",
    "ModelStore",
    "Pinned",
    "Progress",
    "PullFailed",
    "RegistryDamaged",
    "leftovers",
    "sha256",
    "size_of",
]
