"""Which model learns: that of the backend in use, where it can answer with what was learnt; else why not, and what would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import AylluError

if TYPE_CHECKING:
    from pathlib import Path

    from ..adapters import Adapter
    from ..config import BackendSettings, Settings, TransformersSettings
    from ..conversations import Style
    from ..training import Target
    from .application import Application

_MENDS = {
    "ollama": "Ollama takes an adapter only into a new model. Train on the same model's GGUF file in llama.cpp"
    " (`ollama show NAME --modelfile` names it after FROM; link it as NAME.gguf):"
    " `AYLLU_BACKEND=llamacpp AYLLU_MODELS__CHAT=NAME.gguf ayllu improve`. The adapter serves there, and in Ollama by"
    " `ayllu adapters export ID -o DIR` and an ADAPTER line in a Modelfile.",
    "llama-server": "Have ayllu run the same GGUF file itself:"
    " `AYLLU_BACKEND=llamacpp AYLLU_MODELS__CHAT=FILE.gguf ayllu improve`.",
    "tgi-openai": "Name the server as a backend of the kind `tgi`, which answers with one of its adapters.",
}
_ELSEWHERE = (
    'llama.cpp (`backend = "llamacpp"`, `models.chat = FILE.gguf`), transformers, vLLM and TGI do: choose one that runs the'
    " same model."
)


class CannotTune(AylluError):
    """Whoever answers loads no adapters."""

    kind = "cannot_tune"


def taught_style(application: Application) -> Style:
    """How the model writes that corrections are to teach, as far as the settings tell."""
    from ..backends import answering_backends

    settings = application.settings
    for name in answering_backends(settings):
        if settings.backend_table(name).kind in ("llamacpp", "transformers"):
            return _embedded_style(application, name)
    return "prose" if settings.models.style == "auto" else settings.models.style


def tuned_base(application: Application) -> str:
    """The name under which the adapters of whoever answers are registered; of the chat model where that one has none.

    A server is asked only where the settings do not say what it holds.

    Raises:
        BackendUnreachable, BackendFailed: it was asked, and is not up.
    """
    from ..backends import answering_backends
    from ..config import ServerSettings, VLLMSettings

    settings = application.settings
    for name in answering_backends(settings):
        table = settings.backend_table(name)
        named = (table.base if isinstance(table, VLLMSettings) else None) or getattr(table, "model", None)
        if isinstance(table, ServerSettings) and _loads_peft(table) and named is not None:
            return str(named)
    try:
        base = tuning_target(application).base
    except CannotTune:
        base = None
    return base or application.models.info(settings.models.chat).name


def loads_peft(settings: Settings) -> bool:
    """Whether one of those who answer loads adapters in PEFT's form."""
    from ..backends import answering_backends

    return any(_loads_peft(settings.backend_table(name)) for name in answering_backends(settings))


def loads_adapters(settings: Settings) -> bool:
    """Whether one of those who answer can answer with what was learnt, as `tuning_target` chooses."""
    from ..backends import answering_backends

    tables = [settings.backend_table(name) for name in answering_backends(settings)]
    return any(table.kind == "llamacpp" or _loads_peft(table) for table in tables)


def serving_notes(settings: Settings, adapter: Adapter | None, folder: Path | None) -> list[str]:
    """What a person does to have the backends in use answer with the adapter kept in `folder` (or without any); nothing
    where it goes to work by itself.
    """
    from ..backends import answering_backends
    from ..config import TGISettings

    notes = []
    for name in answering_backends(settings):
        table = settings.backend_table(name)
        if isinstance(table, TGISettings) and adapter is not None and folder is not None:
            notes.append(
                f"TGI loads it when it starts: `ayllu tgi up MODEL --adapter {adapter.adapter_id}`, or its own launcher with"
                f" LORA_ADAPTERS={adapter.adapter_id}={folder / 'peft'}; then"
                f' `adapter = "{adapter.adapter_id}"` under [backends.{name}].'
            )
        elif isinstance(table, TGISettings):
            notes.append(f"TGI answers without one where [backends.{name}] has no `adapter`.")
        elif table.kind != "transformers" and _loads_peft(table) and adapter is not None:
            notes.append(
                f"{name} is given it at the next question (/v1/load_lora_adapter), where it was started with --enable-lora,"
                f" --max-lora-rank {adapter.settings.get('rank', 16)} or more, and VLLM_ALLOW_RUNTIME_LORA_UPDATING=True."
            )
    return notes


def tuning_target(application: Application) -> Target:
    """The first of those who answer that can answer with an adapter. A server is asked what it holds.

    Raises:
        CannotTune: none can.
        BackendUnreachable, BackendFailed: the server is not up, or takes no adapters.
    """
    from ..backends import answering_backends

    settings = application.settings
    kinds: dict[str, str] = {}
    for name in answering_backends(settings):
        table = settings.backend_table(name)
        kinds[table.kind] = name
        if table.kind == "llamacpp" or _loads_peft(table):
            return _target(application, name, table)
    names = ", ".join(kinds.values())
    raise CannotTune(
        f"The backend in use ({names}) loads no adapters, so nothing that is learnt would be put to use there. Your"
        " corrections are kept, and memory answers from them.",
        hint=next((_MENDS[kind] for kind in kinds if kind in _MENDS), _ELSEWHERE),
    )


def _loads_peft(table: BackendSettings) -> bool:
    from ..config import PRESETS

    return table.kind in ("transformers", "tgi") or (table.kind in PRESETS and PRESETS[table.kind].lora)


def _target(application: Application, name: str, table: BackendSettings) -> Target:
    from ..config import LlamaCppSettings, TransformersSettings
    from ..training import Target

    match table:
        case LlamaCppSettings():
            if table.model is None or table.model == application.settings.models.chat:
                return Target(name)
            info = application.models.info(table.model)
            return Target(name, base=info.name, weights=table.model, style=_embedded_style(application, name))
        case TransformersSettings():
            return _in_this_process(application, name, table)
        case _:
            return _on_a_server(application, name, table)


def _in_this_process(application: Application, name: str, table: TransformersSettings) -> Target:
    from ..backends import adapter_base
    from ..training import Target

    if table.adapter is not None:
        raise CannotTune(
            f"The backend `{name}` answers with the adapter in {table.adapter}, whatever is promoted.",
            hint=f"Take `adapter` out of [backends.{name}].",
        )
    model = table.model or application.settings.models.chat
    base = table.base or adapter_base(model, application.models)
    return Target(name, "peft", base, model, _embedded_style(application, name))


def _on_a_server(application: Application, name: str, table: BackendSettings) -> Target:
    from ..backends import HoldsWeights
    from ..config import TGISettings, TransformersSettings, VLLMSettings
    from ..training import Target

    backend = application.open_backend(name)

    async def look() -> tuple[str, str]:
        try:
            assert isinstance(backend, HoldsWeights)
            return await backend.weights(), backend.model
        finally:
            await backend.close()

    weights, model = application.run(look())
    style: Style = "prose" if application.settings.models.style == "auto" else application.settings.models.style
    if isinstance(table, TGISettings):
        base = table.model or model
        return Target(
            name,
            "peft",
            base,
            weights,
            "prose",
            TransformersSettings(model=weights, base=base),
            f'TGI loads it when it starts: `ayllu tgi up {weights} --adapter ID`; then `adapter = "ID"` under'
            f" [backends.{name}].",
        )
    named = table.base if isinstance(table, VLLMSettings) else None
    return Target(name, "peft", named or model, named or weights, style)


def _embedded_style(application: Application, name: str) -> Style:
    from ..backends import embedded_style

    return embedded_style(application.settings, application.models, name)
