"""Prompts are files a person can read: the package's, each overridden by a file of the same name in their own folder."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from ...errors import ConfigError


def load_prompt(name: str, own: Path | None) -> str:
    """The prompt called `name`: from the folder `own` where it is there, else the package's.

    Raises:
        ConfigError: the person's file cannot be read, or is empty.
    """
    if own is not None and (file := own / f"{name}.txt").exists():
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"The prompt {file} cannot be read: {error}.", hint="Mend or remove it.") from error
        if not text.strip():
            raise ConfigError(f"The prompt {file} is empty.", hint="Write it, or remove the file.")
        return text
    return files(__package__).joinpath(f"{name}.txt").read_text("utf-8")


def prompt_texts(own: Path | None) -> dict[str, str]:
    """Every prompt by its name, as `load_prompt` gives it.

    Raises:
        ConfigError: as of `load_prompt`.
    """
    names = sorted(file.name.removesuffix(".txt") for file in files(__package__).iterdir() if file.name.endswith(".txt"))
    return {name: load_prompt(name, own) for name in names}
