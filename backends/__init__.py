"""Model servers, one file each, behind one small protocol."""

from .base import (
    Backend,
    Completion,
    HasAdapterFolder,
    Health,
    Piece,
    RawCompletion,
    RawRequest,
    ResultWithNotices,
    TokenChoice,
)
from .errors import BackendFailed, BackendUnreachable, ContextOverflow, NotSetUp
from .fallback.attempts import Attempt, Attempts
from .fallback.backend import combined_health
from .fallback.targets import Targets
from .openai.discovery import DiscoveredServer, discover
from .openai.presets import PRESETS, Preset
from .registry import (
    BackendContext,
    answering_backends,
    backend_kinds,
    backend_names,
    embedded_models,
    fallback_order,
    open_backend,
    refused_plugins,
)
from .wire import TextClient

__all__ = [
    "PRESETS",
    "Attempt",
    "Attempts",
    "Backend",
    "BackendContext",
    "BackendFailed",
    "BackendUnreachable",
    "Completion",
    "ContextOverflow",
    "DiscoveredServer",
    "HasAdapterFolder",
    "Health",
    "NotSetUp",
    "Piece",
    "Preset",
    "RawCompletion",
    "RawRequest",
    "ResultWithNotices",
    "Targets",
    "TextClient",
    "TokenChoice",
    "answering_backends",
    "backend_kinds",
    "backend_names",
    "combined_health",
    "discover",
    "embedded_models",
    "fallback_order",
    "open_backend",
    "refused_plugins",
]
