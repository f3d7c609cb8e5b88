"""A backend that answers from a script: for tests of whatever asks a model, ours and those of plug-ins. It loads nothing."""

from .backend import ScriptedBackend
from .client import Reply, ScriptedClient, ScriptEnded
from .completion import ScriptedCompletion

__all__ = ["Reply", "ScriptEnded", "ScriptedBackend", "ScriptedClient", "ScriptedCompletion"]
