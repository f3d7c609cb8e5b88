"""The second reader, as this machine has it: the default chat model, where its weights are here and the memory allows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models import embedder_name
from .ladder import Machine, obstacle

if TYPE_CHECKING:
    from ..agents import SecondReader
    from ..agents.probing import FactReader
    from ..backends import Backend
    from .application import Application

NAME = "second-reader"  # of its backend


def second_reader_of(application: Application, *, patience_s: float | None = None) -> SecondReader:
    """The one of this run, not yet opened; it is closed with the backend that answers. An answer waits `patience_s`."""
    from ..agents import SecondReader

    if application.second_reader is None:
        application.second_reader = SecondReader(
            lambda: open_reading_model(application), lambda: why_it_cannot_read(application)
        )
    if patience_s is not None:
        application.second_reader.patience_s = patience_s
    return application.second_reader


def reading_model(application: Application) -> str:
    """The name of the model that reads: the smallest, which points at what stands in the text."""
    return next(model.name for model in application.models.list() if model.kind == "chat" and model.default)


def open_reading_model(application: Application) -> Backend:
    """Its backend, not yet started; with the adapter that is promoted for it. The caller closes it."""
    from ..backends import open_backend
    from ..config import LlamaCppSettings

    settings = application.settings
    threads = getattr(settings.backend_table("llamacpp"), "threads", None)
    table = LlamaCppSettings(model=reading_model(application), threads=threads)
    models = settings.models.model_copy(update={"style": "span"})
    own = settings.model_copy(update={"models": models, "backends": {NAME: table}})
    return open_backend(NAME, own, application.models, adapters=application.adapters)


def why_it_cannot_read(application: Application, machine: Machine | None = None) -> str:
    """Why it cannot be opened now, in words; empty where it can. It is never pulled for this."""
    model = application.models.info(reading_model(application))
    if not model.present:
        return f"its weights are not here; `ayllu models pull {model.name}` brings them"
    reason = obstacle(model, machine or Machine.look(application.paths.models))
    return f"{model.name} {reason}" if reason else ""


def fact_reader(application: Application) -> FactReader | None:
    """It, over what is bundled for a probe; None where it would not read, or nothing could be searched here."""
    from ..agents.probing import FactReader
    from ..agents.prompts import load_prompt

    if application.settings.agents.second_reader == "off" or why_it_cannot_read(application):
        return None
    name = embedder_name(application.settings.models.embedder)
    here = name is not None and application.models.path(name) is not None
    if not here and "embedder" not in vars(application):  # a probe pulls nothing, and asks no server for vectors
        return None

    def load(name: str) -> str:
        return load_prompt(name, application.paths.prompts)

    return FactReader(second_reader_of(application), application.embedder, load)
