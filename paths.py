"""Where things live: the home (a person's data), the model files (a cache) and the settings file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from .errors import NotFound


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
    def restoring(self) -> Path:
        """The folder in which a backup is unpacked; there only while that goes on, or where it was cut off."""
        return self.home / ".restoring"

    @property
    def log(self) -> Path:
        return self.home / "logs" / "ayllu.log"


class NoSuchUser(NotFound):
    """`~name` stands for the home of a person whom this system does not know."""

    kind = "no_such_user"

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} cannot be looked up: this system knows no home for `{path.parts[0]}`.",
            hint=f"Write the path in full, or as ./{path} where the name itself begins with ~.",
        )


def expand(path: str | Path) -> Path:
    """`path` with `~` and `~name` replaced, as a shell does it unless they stand behind a `=`.

    Raises:
        NoSuchUser: there is no such home, nor anything of that very name in the current folder.
    """
    given = Path(path)
    try:
        return given.expanduser()
    except RuntimeError as error:
        if os.path.lexists(given.parts[0]):  # what a shell leaves as it stands may also be a name
            return given
        raise NoSuchUser(given) from error


def find(home: Path | None = None, environ: Mapping[str, str] = os.environ) -> Paths:
    """Resolve the folders: `--home`, then `AYLLU_HOME`, then the platform's own; likewise models and settings.

    Raises:
        NoSuchUser: one of them begins with `~name`, and there is no such home.
    """
    named = environ.get("AYLLU_HOME")
    chosen = home or (Path(named) if named else None)
    data = chosen or Path(platformdirs.user_data_dir("ayllu", appauthor=False))
    settings = chosen or Path(platformdirs.user_config_dir("ayllu", appauthor=False))
    cache = Path(platformdirs.user_cache_dir("ayllu", appauthor=False))
    return Paths(
        home=expand(data).absolute(),
        models=expand(environ.get("AYLLU_MODELS") or cache / "models").absolute(),
        config=expand(environ.get("AYLLU_CONFIG") or settings / "config.toml").absolute(),
    )
