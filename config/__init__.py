"""Settings: one typed tree, loaded once at the entry point and handed down."""

from .addresses import check_address
from .backends import (
    AnyBackendSettings,
    BackendSettings,
    FallbackSettings,
    LlamaCppSettings,
    OpenAISettings,
    PluginSettings,
    ServerSettings,
    TGISettings,
    TransformersSettings,
    VLLMSettings,
)
from .editing import set_keys
from .loading import Loaded, flatten, load
from .presets import PRESETS, ContextProbe, Preset
from .settings import AgentSettings, FeedbackSettings, ModelSettings, RetrievalSettings, Settings, current_person
from .template import template

__all__ = [
    "PRESETS",
    "AgentSettings",
    "AnyBackendSettings",
    "BackendSettings",
    "ContextProbe",
    "FallbackSettings",
    "FeedbackSettings",
    "LlamaCppSettings",
    "Loaded",
    "ModelSettings",
    "OpenAISettings",
    "PluginSettings",
    "Preset",
    "RetrievalSettings",
    "ServerSettings",
    "Settings",
    "TGISettings",
    "TransformersSettings",
    "VLLMSettings",
    "check_address",
    "current_person",
    "flatten",
    "load",
    "set_keys",
    "template",
]
