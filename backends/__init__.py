"""Model servers, one file each, behind one small protocol."""

from .discover import DiscoveredServer, discover
from .errors import BackendFailed, BackendUnreachable, ContextOverflow, NotSetUp
from .fallback import summed
from .presets import PRESETS, Preset
from .registry import Context, asked, embedded_models, kinds, names, not_used, open_backend, targets_of
from .targets import Targets, Tries
from .text_client import TextClient
from .types import Backend, Completion, Health, NotedResult, Piece, RawCompletion, RawRequest, Taught, TokenChoice

__all__ = [
    "PRESETS",
    "Backend",
    "BackendFailed",
    "BackendUnreachable",
    "Completion",
    "Context",
    "ContextOverflow",
    "DiscoveredServer",
    "Health",
    "NotSetUp",
    "NotedResult",
    "Piece",
    "Preset",
    "RawCompletion",
    "RawRequest",
    "Targets",
    "Taught",
    "TextClient",
    "TokenChoice",
    "Tries",
    "asked",
    "discover",
    "embedded_models",
    "kinds",
    "names",
    "not_used",
    "open_backend",
    "summed",
    "targets_of",
]
