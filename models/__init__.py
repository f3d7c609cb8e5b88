"""Where weights come from."""

from .converted import ConvertedWeights
from .downloads import Progress, sha256
from .errors import BaseUnreachable, DiskFull, ProbeRunning, PullFailed
from .gguf_header import GgufHeader, NotAChatModel, check_chat_model, read_gguf_header
from .info import ModelInfo
from .manifest import Embedding, embedder_name, reranker_name
from .profiles import SAFE, FactKind, Leave, Precedence, Profile, Profiles
from .speeds import Speed, Speeds
from .store import DEFAULT_CHAT, DEFAULT_EMBEDDER, ModelStore, pull_bytes
from .weights import download_from_hub, is_hub_id, load_base, load_tokenizer

__all__ = [
    "DEFAULT_CHAT",
    "DEFAULT_EMBEDDER",
    "SAFE",
    "BaseUnreachable",
    "ConvertedWeights",
    "DiskFull",
    "Embedding",
    "FactKind",
    "GgufHeader",
    "Leave",
    "ModelInfo",
    "ModelStore",
    "NotAChatModel",
    "Precedence",
    "ProbeRunning",
    "Profile",
    "Profiles",
    "Progress",
    "PullFailed",
    "Speed",
    "Speeds",
    "check_chat_model",
    "download_from_hub",
    "embedder_name",
    "is_hub_id",
    "load_base",
    "load_tokenizer",
    "pull_bytes",
    "read_gguf_header",
    "reranker_name",
    "sha256",
]
