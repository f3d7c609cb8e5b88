"""The chat in the terminal."""

from .app import ChatApp, run_chat
from .keys import KEYS, Key

__all__ = ["KEYS", "ChatApp", "Key", "run_chat"]
