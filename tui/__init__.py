"""The chat in the terminal."""

from .app import ChatApp, run_chat
from .keys import KEYS, Key
from .parts import ChatParts

__all__ = ["KEYS", "ChatApp", "ChatParts", "Key", "run_chat"]
