"""Model servers, one file each, behind one small protocol."""

from .discover import DiscoveredServer, discover
from .errors import BackendFailed, BackendUnreachable, ContextOverflow, NotSetUp
from .fallback import summed
from .presets import PRESETS, Preset
from .registry import asked, embedded_models, kinds, names, open_backend, targets_of
from .targets import Targets, Tries
from .types import Backend, Completion, Health, NotedResult, Piece, RawCompletion, RawRequest, TokenChoice

__all__ = [
    "PRESETS",
    "Backend",
    "BackendFailed",
    "BackendUnreachable",
    "Completion",
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
    "TokenChoice",
    "Tries",
    "asked",
    "discover",
    "embedded_models",
    "kinds",
    "names",
    "open_backend",
    "summed",
    "targets_of",
]
