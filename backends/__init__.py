"""Model servers, one file each, behind one small protocol."""

from .answering import answering_backends, answers_here, embedded_models, embedded_style, fallback_order
from .base import (
    Backend,
    BackendContext,
    Completion,
    HasAdapterFolder,
    HasProfile,
    Health,
    HoldsWeights,
    Piece,
    RawCompletion,
    RawRequest,
    Reading,
    ReadsAhead,
    ResultWithNotices,
    TokenChoice,
)
from .errors import BackendFailed, BackendUnreachable, ContextOverflow, NotSetUp, UnknownBackend
from .fallback import Attempt, Attempts, Targets, combined_health
from .openai import DiscoveredServer, discover
from .registry import backend_kinds, backend_names, open_backend, refused_plugins
from .secrets import access_token
from .transformers.model_location import adapter_base
from .wire import TextClient, as_plain_text, as_written, estimate_tokens, open_stream

__all__ = [
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
    "HasProfile",
    "Health",
    "HoldsWeights",
    "NotSetUp",
    "Piece",
    "RawCompletion",
    "RawRequest",
    "Reading",
    "ReadsAhead",
    "ResultWithNotices",
    "Targets",
    "TextClient",
    "TokenChoice",
    "UnknownBackend",
    "access_token",
    "adapter_base",
    "answering_backends",
    "answers_here",
    "as_plain_text",
    "as_written",
    "backend_kinds",
    "backend_names",
    "combined_health",
    "discover",
    "embedded_models",
    "embedded_style",
    "estimate_tokens",
    "fallback_order",
    "open_backend",
    "open_stream",
    "refused_plugins",
]
