"""Where weights come from."""

from .sources import Progress
from .store import DEFAULT_CHAT, DEFAULT_EMBEDDER, DiskFull, ModelInfo, ModelStore, PullFailed

__all__ = ["DEFAULT_CHAT", "DEFAULT_EMBEDDER", "DiskFull", "ModelInfo", "ModelStore", "Progress", "PullFailed"]
