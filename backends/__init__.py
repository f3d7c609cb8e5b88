"""Model servers, one file each, behind one small protocol."""

from .discover import DiscoveredServer, discover
from .errors import BackendFailed, BackendUnreachable, ContextOverflow
from .registry import kinds, names, open_backend
from .types import Backend, Completion, Health, NotedResult, Piece, RawCompletion, RawRequest, TokenChoice

__all__ = [
    "Backend",
    "BackendFailed",
    "BackendUnreachable",
    "Completion",
    "ContextOverflow",
    "DiscoveredServer",
    "Health",
    "NotedResult",
    "Piece",
    "RawCompletion",
    "RawRequest",
    "TokenChoice",
    "discover",
    "kinds",
    "names",
    "open_backend",
]
