"""Where weights come from."""

from .downloads import Progress, sha256
from .store import DEFAULT_CHAT, DEFAULT_EMBEDDER, DiskFull, ModelInfo, ModelStore, PullFailed
from .weights import BaseUnreachable, download_from_hub, is_hub_id, load_base, load_tokenizer

__all__ = [
    "DEFAULT_CHAT",
    "DEFAULT_EMBEDDER",
    "BaseUnreachable",
    "DiskFull",
    "ModelInfo",
    "ModelStore",
    "Progress",
    "PullFailed",
    "download_from_hub",
    "is_hub_id",
    "load_base",
    "load_tokenizer",
    "sha256",
]
