"""Settings: one typed tree, defaults < TOML file < environment < flags, with the origin of every value.

Loaded once at the entry point and handed down. An unknown key or a wrong value is a `ConfigError` that names the file (or
variable), the key and the nearest valid one.
"""

from __future__ import annotations

import difflib
import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..errors import ConfigError

_PREFIX = "AYLLU_"
_NOT_SETTINGS = {"AYLLU_HOME", "AYLLU_MODELS", "AYLLU_CONFIG"}  # folders, see `paths`


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ModelSettings(_Table):
    chat: str = Field("smollm2-135m-instruct", description="Embedded chat model: a manifest name or a path to a GGUF file.")
    embedder: str = Field(
        "onnx",
        description="onnx, sentence-transformers:HUB_ID, or openai:URL#MODEL. Changing it embeds the library anew.",
    )
    style: Literal["auto", "span", "prose"] = Field("auto", description="How answers are written; auto asks the manifest.")


class RetrievalSettings(_Table):
    passages: int = Field(3, ge=1, le=20, description="Passages handed to the writer.")
    mode: Literal["hybrid", "dense", "keyword"] = "hybrid"
    chunk_tokens: int = Field(200, ge=32, le=2048, description="Largest chunk, in the embedder's tokens.")
    max_file_bytes: int = Field(50_000_000, ge=1, description="Larger files are refused by name.")


class AgentSettings(_Table):
    team: str = "default"
    temperature: float = Field(0.0, ge=0.0, le=2.0)
    max_tokens: int = Field(512, ge=1, description="Longest prose answer, in tokens.")
    critic_threshold: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="Abstain below this probability that the documents answer; unset: as measured.",
    )


class FeedbackSettings(_Table):
    learn_at: int = Field(50, ge=1, description="Corrections after which the model can learn from them.")


class BackendSettings(_Table):
    """One `[backends.NAME]` table."""

    kind: Literal["llamacpp", "openai", "ollama", "tgi", "fallback"] | str | None = Field(
        None, description="Unset: the table's own name."
    )
    url: str | None = Field(None, description="Unset: the port that a server of this kind uses on this machine.")
    model: str | None = Field(None, description="Unset: the first model the server lists.")
    token_env: str | None = Field(None, description="Name of the environment variable that holds the token.")
    keyring: bool = Field(False, description="The token is in the system's keyring: `keyring set ayllu NAME`.")
    timeout_s: float = Field(120.0, gt=0)
    adapter: str | None = Field(
        None,
        min_length=1,
        description="The server's LoRA adapter that answers (tgi); a PEFT folder to answer with (transformers).",
    )
    device: str | None = Field(
        None,
        pattern=r"^[a-z]+(:\d+)?$",
        description="cpu, cuda, cuda:1, mps; unset: a GPU where there is one (transformers).",
    )
    context: int = Field(4096, ge=256, description="Context window, in tokens; unset: what the server says, else this.")
    tools: bool | None = Field(None, description="Whether the model calls functions; unset: as servers of this kind do.")
    base: str | None = Field(
        None,
        description="Which model of `ayllu adapters list` is held there: its promoted adapter answers (vllm, transformers).",
    )
    adapters_at: str | None = Field(None, description="Where the server sees the adapters folder; unset: at the same path.")
    slots: int = Field(1, ge=1, le=64, description="Questions answered at once; 2 pays where several people ask (llamacpp).")
    gpu_layers: int = Field(-1, ge=-1, description="Layers on the GPU; -1: all that fit (llamacpp).")
    threads: int | None = Field(
        None,
        ge=1,
        description="CPU threads; unset: by the cores, and how busy others keep them (llamacpp); the cores (transformers).",
    )
    adapters: tuple[str, ...] = Field(
        (), description="Adapters held ready beside the promoted one; `none` is the untuned model (llamacpp)."
    )
    speculation: Literal["off", "ngram"] = Field(
        "off", description="Guess the next tokens from the text before them; measure whether it pays (llamacpp)."
    )
    order: tuple[str, ...] = Field(("tgi", "llamacpp"), min_length=1, description="Backends tried in turn (fallback).")
    errors: int = Field(3, ge=1, description="Errors within `window_s` after which a target is left out (fallback).")
    window_s: float = Field(60.0, gt=0, description="See `errors` (fallback).")
    dwell_s: float = Field(30.0, ge=0, description="How long it is left out at least (fallback).")
    probes: int = Field(2, ge=1, description="Healthy looks in a row that bring it back (fallback).")
    check_s: float = Field(10.0, gt=0, description="Between two looks, while a chat runs (fallback).")
    check_timeout_s: float = Field(1.0, gt=0, description="How long a look may take (fallback).")
    options: dict[str, Any] = Field(default_factory=dict, description="What only a plug-in's kind knows: see its own words.")


class Settings(_Table):
    """Everything that can be set. Field names are the TOML keys."""

    backend: str = Field("fallback", description="Which [backends.NAME] answers.")
    store: Annotated[str, Field(pattern=r"^chroma(\+https?://.+)?$|^[a-z][a-z0-9_-]*$")] = "chroma"
    collection: str = Field("documents", min_length=1, max_length=200, description="Where documents go and are looked for.")
    models: ModelSettings = ModelSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    agents: AgentSettings = AgentSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    backends: dict[str, BackendSettings] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings with, for each dotted key, where its value came from: `default`, a file, a variable or a flag."""

    settings: Settings
    origins: Mapping[str, str]


def load(config: Path, *, environ: Mapping[str, str] = os.environ, flags: Mapping[str, Any] | None = None) -> Loaded:
    """Merge the four layers. `flags` maps dotted keys to values; `None` values are flags that were not given.

    Raises:
        ConfigError: a file that is not TOML, an unknown key, a wrong value.
    """
    layers: dict[str, tuple[Any, str]] = {}
    layers.update({key: (value, str(config)) for key, value in _flatten(_read(config))})
    for name, value in environ.items():
        if name.startswith(_PREFIX) and name not in _NOT_SETTINGS:
            layers[name[len(_PREFIX) :].lower().replace("__", ".")] = (_from_text(value), f"environment {name}")
    for key, value in (flags or {}).items():
        if value is not None:
            layers[key] = (value, "flag")
    tree: dict[str, Any] = {}
    for key, (value, origin) in layers.items():
        _place(tree, key, value, origin)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        raise _explain(error, layers) from error
    origins = {key: layers[key][1] if key in layers else "default" for key, _ in _flatten(settings.model_dump())}
    return Loaded(settings, origins)


def flatten(settings: Settings) -> dict[str, Any]:
    """Every setting under its dotted key."""
    return dict(_flatten(settings.model_dump()))


def template() -> str:
    """A commented settings file with every key, its default and what it is for (`config init`)."""
    lines = ["# ayllu settings. Remove the # before a key to change it.", ""]

    def table(model: type[BaseModel], prefix: str) -> None:
        tables: list[tuple[str, type[BaseModel]]] = []
        for name, info in model.model_fields.items():
            if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
                tables.append((f"{prefix}{name}", info.annotation))
                continue
            if name == "backends":
                tables.append(("backends.llamacpp", BackendSettings))
                continue
            if info.description:
                lines.append(f"# {info.description}")
            value = info.get_default(call_default_factory=True)
            lines.append(f"# {name} = {'...' if value is None else json.dumps(value)}")
        for path, inner in tables:
            lines.extend(["", f"# [{path}]"])
            table(inner, f"{path}.")

    table(Settings, "")
    return "\n".join(lines) + "\n"


def _read(config: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(config.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{config} is not valid TOML: {error}", hint="Mend that line, or move the file away.") from error
    except OSError as error:
        raise ConfigError(f"{config} cannot be read: {error.strerror}", hint="Check its permissions.") from error


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping) and (value or prefix == ""):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _from_text(value: str) -> Any:
    """A variable's text as JSON where it is JSON (numbers, lists, true), else as it stands."""
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def _place(tree: dict[str, Any], key: str, value: Any, origin: str) -> None:
    *parents, last = key.split(".")
    for parent in parents:
        child = tree.setdefault(parent, {})
        if not isinstance(child, dict):
            raise ConfigError(f"{origin}: `{key}` lies below `{parent}`, which is a value.", hint="Set one or the other.")
        tree = child
    tree[last] = value


def _explain(error: ValidationError, layers: Mapping[str, tuple[Any, str]]) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    origin = next((o for k, (_, o) in layers.items() if k == key or k.startswith(key + ".") or key.startswith(k + ".")), "?")
    if first["type"] == "extra_forbidden":
        backend = str(first["loc"][1]) if first["loc"][0] == "backends" and len(first["loc"]) > 2 else "llamacpp"
        near = difflib.get_close_matches(key, _known(backend=backend), n=1, cutoff=0.0)
        return ConfigError(f"{origin}: there is no setting `{key}`.", hint=f"The nearest one is `{near[0]}`.")
    message = first["msg"][:1].lower() + first["msg"][1:]
    return ConfigError(
        f"{origin}: `{key}` = {json.dumps(first.get('input'), default=str)} is not right: {message}.",
        hint="`ayllu config show` lists every key with its value.",
    )


def _known(model: type[BaseModel] = Settings, prefix: str = "", backend: str = "llamacpp") -> list[str]:
    """Every key there is; `backend` is the one whose table is listed."""
    keys: list[str] = []
    for name, info in model.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            keys.extend(_known(info.annotation, f"{prefix}{name}."))
        elif name == "backends":
            keys.extend(_known(BackendSettings, f"backends.{backend}."))
        else:
            keys.append(prefix + name)
    return keys
