"""`[backends.NAME]`: a table for each kind of backend, with the keys that this kind has a use for and no others.

A kind that is not listed here is a plug-in's, whose own settings stand under `options`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from .addresses import check_address
from .presets import PRESETS
from .tables import Table

_Address = Annotated[str, AfterValidator(lambda address: address and check_address(address))]  # empty: unset


class BackendSettings(Table):
    """What every kind's table has."""

    kind: str = Field(description="Unset: the table's own name.")


class FallbackSettings(BackendSettings):
    """Other backends in order, of which the first that is well answers."""

    kind: Literal["fallback"] = "fallback"
    order: tuple[str, ...] = Field(("tgi", "llamacpp"), min_length=1, description="Backends tried in turn.")
    errors: int = Field(3, ge=1, description="Errors within `window_s` after which a target is left out.")
    window_s: float = Field(60.0, gt=0, description="See `errors`.")
    dwell_s: float = Field(30.0, ge=0, description="How long it is left out at least.")
    probes: int = Field(2, ge=1, description="Healthy looks in a row that bring it back.")
    check_s: float = Field(10.0, gt=0, description="Between two looks, while a chat runs.")
    check_timeout_s: float = Field(1.0, gt=0, description="How long a look may take.")


class LlamaCppSettings(BackendSettings):
    """llama.cpp in a process of its own."""

    kind: Literal["llamacpp"] = "llamacpp"
    model: str | None = Field(None, description="A manifest name or a GGUF file; unset: `models.chat`.")
    timeout_s: float = Field(120.0, gt=0, description="How long an answer may take.")
    context: int = Field(4096, ge=256, description="Context window, in tokens.")
    tools: bool | None = Field(None, description="Whether the model calls functions; unset: as its chat template says.")
    slots: int = Field(1, ge=1, le=64, description="Questions answered at once; 2 pays where several people ask.")
    gpu_layers: int = Field(-1, ge=-1, description="Layers on the GPU; -1: all that fit.")
    threads: int | None = Field(None, ge=1, description="CPU threads; unset: by the cores, and how busy others keep them.")
    adapters: tuple[str, ...] = Field(
        (), description="Adapters held ready beside the promoted one; `none` is the untuned model."
    )


class TransformersSettings(BackendSettings):
    """A model of transformers in this process."""

    kind: Literal["transformers"] = "transformers"
    model: str | None = Field(None, description="A hub id, a folder, a GGUF file or a manifest name; unset: `models.chat`.")
    adapter: str | None = Field(None, min_length=1, description="A PEFT folder to answer with; unset: the promoted one.")
    device: str | None = Field(
        None, pattern=r"^[a-z]+(:\d+)?$", description="cpu, cuda, cuda:1, mps; unset: a GPU where there is one."
    )
    context: int = Field(4096, ge=256, description="Context window, in tokens; less where the model reads less.")
    threads: int | None = Field(None, ge=1, description="CPU threads; unset: the cores.")
    batch: int | None = Field(
        None, ge=1, le=256, description="Answers written at once where several wait; unset: 16 on a GPU, 1 on a CPU."
    )
    tools: bool | None = Field(None, description="Whether the model calls functions; unset: as its chat template says.")
    base: str | None = Field(
        None, description="Which model of `ayllu adapters list` it is: that one's promoted adapter answers; unset: by name."
    )


class ServerSettings(BackendSettings):
    """A server that is asked over HTTP."""

    url: _Address | None = Field(None, description="Unset: the port that a server of this kind uses on this machine.")
    model: str | None = Field(None, description="Unset: the first model the server lists.")
    token_env: str | None = Field(
        None, pattern=r"^[A-Za-z_]\w*$", description="Name of the environment variable that holds the token."
    )
    keyring: bool = Field(False, description="The token is in the system's keyring: `keyring set ayllu NAME`.")
    timeout_s: float = Field(120.0, gt=0, description="How long a server may be silent.")
    context: int = Field(4096, ge=256, description="Context window, in tokens; unset: what the server says, else this.")


class OpenAISettings(ServerSettings):
    """A server that speaks the OpenAI protocol; its kind is its name in `presets`."""

    kind: str = "openai"
    tools: bool | None = Field(None, description="Whether the model calls functions; unset: as servers of this kind do.")


class VLLMSettings(OpenAISettings):
    """A server that loads adapters while it runs."""

    kind: str = "vllm"
    base: str | None = Field(
        None, description="Which model of `ayllu adapters list` is held there: its promoted adapter answers; unset: by name."
    )
    adapters_at: str | None = Field(None, description="Where the server sees the adapters folder; unset: at the same path.")


class TGISettings(ServerSettings):
    """Text Generation Inference, on its own protocol."""

    kind: Literal["tgi"] = "tgi"
    model: str | None = Field(None, description="What the server has to hold; unset: whatever it holds.")
    adapter: str | None = Field(None, min_length=1, description="The server's LoRA adapter that answers.")


class PluginSettings(ServerSettings):
    """A kind that another package adds (entry point group `ayllu.backends`)."""

    tools: bool | None = Field(None, description="Whether the model calls functions; unset: as the plug-in says.")
    options: dict[str, Any] = Field(default_factory=dict, description="What only this kind knows: see its own words.")


TABLES: Mapping[str, type[BackendSettings]] = {
    "fallback": FallbackSettings,
    "llamacpp": LlamaCppSettings,
    "transformers": TransformersSettings,
    "tgi": TGISettings,
    **{kind: VLLMSettings if preset.lora else OpenAISettings for kind, preset in PRESETS.items()},
}


def table_class(kind: object) -> type[BackendSettings]:
    """Whose keys a table of this kind has."""
    return TABLES.get(kind, PluginSettings) if isinstance(kind, str) else PluginSettings


def _tag(table: Any) -> str:
    if isinstance(table, BackendSettings):
        return type(table).__name__
    return table_class(table.get("kind") if isinstance(table, Mapping) else None).__name__


# Told apart by `kind`, which whoever validates a table fills in from its name: see `Settings.backends`.
AnyBackendSettings = Annotated[
    Annotated[FallbackSettings, Tag("FallbackSettings")]
    | Annotated[LlamaCppSettings, Tag("LlamaCppSettings")]
    | Annotated[TransformersSettings, Tag("TransformersSettings")]
    | Annotated[OpenAISettings, Tag("OpenAISettings")]
    | Annotated[VLLMSettings, Tag("VLLMSettings")]
    | Annotated[TGISettings, Tag("TGISettings")]
    | Annotated[PluginSettings, Tag("PluginSettings")],
    Discriminator(_tag),
]
