"""Choosing the embedded chat model: it is looked at, pulled where it is missing, and written into the settings file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import NotFound, UsageError
from ..models import ModelInfo, NotAChatModel, check_chat_model
from ..paths import expand
from .ladder import Machine, models_in_use, obstacle
from .probing import ProbeState, probe_in_background
from .settings_file import set_in_file

if TYPE_CHECKING:
    from .application import Application


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen. `warnings` say why it may not answer after all."""

    model: ModelInfo
    path: Path
    setting: str
    probe: ProbeState | None  # how far it is known how it is asked
    warnings: Sequence[str] = ()


def choose_model(application: Application, wanted: str, pull: Callable[[str], Path]) -> Choice:
    """Have `wanted` (a name of the manifest, or a GGUF file) answer from now on. `pull` brings what is missing.

    Raises:
        NotFound: there is no such name, and no such file.
        NotAChatModel: the file is none that answers questions.
        UsageError: the name is of a model that writes nothing.
        PullFailed, DiskFull: it could not be had; the settings stay as they are.
        ConfigError: the settings could not be written.
    """
    setting = _setting(application, wanted)
    model = application.models.info(setting)
    application.models.agree([setting])
    path = pull(setting)
    set_in_file(application.paths.config, {"models": {"chat": setting}})
    application.reload_settings()
    model = application.models.info(setting)  # it is here now
    warnings = tuple(_warnings(application, model, setting))
    return Choice(model, path, setting, probe_in_background(application, model, setting), warnings)


def _setting(application: Application, wanted: str) -> str:
    """What `models.chat` is set to: a name as it is, a file by its whole path."""
    file = expand(wanted)
    if file.is_file():
        if file.suffix != ".gguf":
            raise NotAChatModel(file, "is not called `.gguf`", "Give a GGUF file, under a name that ends in .gguf.")
        try:
            check_chat_model(file)
        except OSError as error:
            raise NotAChatModel(file, f"cannot be read ({error.strerror})", "See that you may read it.") from error
        return str(file.absolute())
    if file.suffix == ".gguf" or len(file.parts) > 1:
        raise NotFound(f"There is no file {wanted}.", hint="`ayllu models list` shows the models known by name.")
    model = application.models.info(wanted)
    if model.kind != "chat":
        key = "models.embedder" if model.kind == "embedder" else "retrieval.reranker"
        raise UsageError(
            f"{wanted} is no chat model: it is of the kind {model.kind}.",
            hint=f"Set `{key}` for that; `ayllu models list` shows the chat models.",
        )
    return wanted


def _warnings(application: Application, model: ModelInfo, setting: str) -> list[str]:
    loaded, warnings = application.loaded, []
    if loaded.settings.models.chat != setting:
        warnings.append(
            f"`models.chat` is also set by {loaded.origins['models.chat']}, which stands above the settings file."
        )
    elif setting not in models_in_use(loaded.settings):
        warnings.append(
            f'The backend in use, `{loaded.settings.backend}`, has a model of its own; `backend = "llamacpp"` asks this one.'
        )
    if reason := obstacle(model, Machine.look(application.paths.models)):
        warnings.append(f"It may not run well: {model.name} {reason}.")
    return warnings
