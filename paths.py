"""Where things live: the home (a person's data), the model files (a cache) and the settings file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one ayllu installation; nothing is created by looking."""

    home: Path
    models: Path
    config: Path

    @property
    def library(self) -> Path:
        """The folder that holds `library.sqlite` and its projections."""
        return self.home / "library"

    @property
    def conversations(self) -> Path:
        return self.home / "conversations.sqlite"

    @property
    def feedback(self) -> Path:
        return self.home / "feedback.sqlite"

    @property
    def adapters(self) -> Path:
        return self.home / "adapters"

    @property
    def prompts(self) -> Path:
        """Prompt files here override those of the package, name by name."""
        return self.home / "prompts"

    @property
    def log(self) -> Path:
        return self.home / "logs" / "ayllu.log"


def find(home: Path | None = None, environ: Mapping[str, str] = os.environ) -> Paths:
    """Resolve the folders: `--home`, then `AYLLU_HOME`, then the platform's own; likewise models and settings."""
    named = environ.get("AYLLU_HOME")
    chosen = home or (Path(named) if named else None)
    config = environ.get("AYLLU_CONFIG")
    models = environ.get("AYLLU_MODELS")
    return Paths(
        home=(chosen or Path(platformdirs.user_data_dir("ayllu", appauthor=False))).expanduser().absolute(),
        models=Path(models or Path(platformdirs.user_cache_dir("ayllu", appauthor=False)) / "models")
        .expanduser()
        .absolute(),
        config=Path(
            config
            or (
                chosen / "config.toml"
                if chosen
                else Path(platformdirs.user_config_dir("ayllu", appauthor=False)) / "config.toml"
            )
        )
        .expanduser()
        .absolute(),
    )
