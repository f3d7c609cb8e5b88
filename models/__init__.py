"""Where weights come from."""

from .adapters import Adapter, AdapterRegistry, Adapters, Pinned, RegistryDamaged, size_of
from .leftovers import leftovers
from .sources import Progress, sha256
from .store import DEFAULT_CHAT, DEFAULT_EMBEDDER, READER_WEIGHTS, DiskFull, ModelInfo, ModelStore, PullFailed
from .weights import BaseUnreachable, from_hub, is_hub_id, load_base, load_tokenizer, write_reader

__all__ = [
    "DEFAULT_CHAT",
    "DEFAULT_EMBEDDER",
    "READER_WEIGHTS",
    "Adapter",
    "AdapterRegistry",
    "Adapters",
    "BaseUnreachable",
    "DiskFull",
    "ModelInfo",
    "ModelStore",
    "Pinned",
    "Progress",
    "PullFailed",
    "RegistryDamaged",
    "from_hub",
    "is_hub_id",
    "leftovers",
    "load_base",
    "load_tokenizer",
    "sha256",
    "size_of",
    "write_reader",
]
