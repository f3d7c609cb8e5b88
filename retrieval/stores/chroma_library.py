"""Chroma's own library, loaded so that a file `.env` in the current folder has no say.

Chroma takes its settings from such a file by itself, and already while it is imported: its address, its telemetry, which
of its classes are used, where it writes. A folder full of documents must not decide that.
"""

from __future__ import annotations

import threading
from typing import Any

_loading = threading.Lock()


def load_chroma() -> Any:
    """The module `chromadb`."""
    from pydantic_settings import BaseSettings

    def without_file(cls: Any, /, **options: Any) -> None:
        cls.model_config["env_file"] = None

    with _loading:
        hook = BaseSettings.__dict__.get("__pydantic_init_subclass__")
        BaseSettings.__pydantic_init_subclass__ = classmethod(without_file)  # type: ignore[assignment, method-assign]
        try:
            import chromadb
        finally:
            if hook is None:
                del BaseSettings.__pydantic_init_subclass__
            else:
                BaseSettings.__pydantic_init_subclass__ = hook  # type: ignore[method-assign]
    return chromadb


def chroma_settings() -> Any:
    """Chroma's settings, with its telemetry off; the environment may say more."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False)
