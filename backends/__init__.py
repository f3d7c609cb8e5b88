"""Model servers, one file each, behind one small protocol."""

from .base import Backend, Completion, Health, Piece, RawCompletion, RawRequest, ResultWithNotices, Taught, TokenChoice
from .errors import BackendFailed, BackendUnreachable, ContextOverflow, NotSetUp
from .fallback.backend import summed
from .fallback.targets import Targets, Tries
from .openai.discovery import DiscoveredServer, discover
from .openai.presets import PRESETS, Preset
from .registry import Context, asked, embedded_models, kinds, names, not_used, open_backend, targets_of
from .wire.text_client import TextClient

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
    "Piece",
    "Preset",
    "RawCompletion",
    "RawRequest",
    "ResultWithNotices",
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
