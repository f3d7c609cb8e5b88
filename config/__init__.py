"""Settings: one typed tree, loaded once at the entry point and handed down."""

from .settings import (
    AgentSettings,
    BackendSettings,
    FeedbackSettings,
    Loaded,
    ModelSettings,
    RetrievalSettings,
    Settings,
    flatten,
    load,
    template,
)

__all__ = [
    "AgentSettings",
    "BackendSettings",
    "FeedbackSettings",
    "Loaded",
    "ModelSettings",
    "RetrievalSettings",
    "Settings",
    "flatten",
    "load",
    "template",
]
