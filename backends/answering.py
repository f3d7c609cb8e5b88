"""Who answers, as the settings say it: which backend, which targets of a fallback, and which models those load."""

from __future__ import annotations

from typing import Literal
from urllib.parse import urlsplit

from ..config import PRESETS, FallbackSettings, LlamaCppSettings, ServerSettings, Settings, TransformersSettings
from ..models import ModelStore, is_hub_id
from ..paths import expand
from .errors import NotSetUp

EMBEDDED = {"llamacpp", "transformers"}  # started by asking, not found running: no look tells anything of them
_NEED_URL = {kind for kind, preset in PRESETS.items() if preset.url is None}
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_WHEN_NAMED = {"tgi"}  # in an order only where it has an address: most machines have none


def fallback_order(name: str, settings: Settings) -> tuple[str, ...]:
    """The order of a `fallback`; nothing for any other."""
    table = settings.backend_table(name)
    return table.order if isinstance(table, FallbackSettings) else ()


def answering_backends(settings: Settings, name: str | None = None) -> list[str]:
    """Who is asked, in order: the backend `name` (else the one in use), or those of its targets that have an address."""
    name = name or settings.backend
    order = fallback_order(name, settings) or (name,)
    return [target for target in order if target == name or is_addressed(target, settings)]


def is_addressed(target: str, settings: Settings) -> bool:
    """Whether it has an address: the one that is set, or the usual one of its kind where that is worth a look."""
    table = settings.backend_table(target)
    has_url = isinstance(table, ServerSettings) and bool(table.url)
    return has_url or table.kind not in _NEED_URL | _WHEN_NAMED


def no_address(name: str) -> NotSetUp:
    return NotSetUp(
        f"The backend `{name}` has no address.",
        hint=f'Set `url = "http://127.0.0.1:8080/v1"` (or what it is) under [backends.{name}].',
    )


def answers_here(settings: Settings) -> bool:
    """Whether whoever is asked runs on this machine, so that a question costs nothing but its time."""
    for target in answering_backends(settings):
        table = settings.backend_table(target)
        if not isinstance(table, LlamaCppSettings | TransformersSettings):
            url = (isinstance(table, ServerSettings) and table.url) or (table.kind in PRESETS and PRESETS[table.kind].url)
            if not url or urlsplit(url).hostname not in _LOOPBACK:
                return False
    return True


def embedded_models(settings: Settings, name: str | None = None) -> list[str]:
    """The models that whoever is asked loads in a process of ours, by name; not those that a hub or a folder holds."""
    models: list[str] = []
    for target in answering_backends(settings, name):
        table = settings.backend_table(target)
        if isinstance(table, LlamaCppSettings | TransformersSettings):
            model = table.model or settings.models.chat
            if isinstance(table, LlamaCppSettings) or _is_in_the_store(model):
                models.append(model)
    return models


def embedded_style(settings: Settings, models: ModelStore, name: str) -> Literal["span", "prose"]:
    """How the model writes that the backend `name` loads in a process of ours."""
    if settings.models.style != "auto":
        return settings.models.style
    table = settings.backend_table(name)
    own = table.model if isinstance(table, LlamaCppSettings | TransformersSettings) else None
    model = own or settings.models.chat
    return models.info(model).style if _is_in_the_store(model) else "prose"


def _is_in_the_store(model: str) -> bool:
    return model.endswith(".gguf") or not (is_hub_id(model) or expand(model).is_dir())
