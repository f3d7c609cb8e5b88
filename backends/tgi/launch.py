"""The command that starts a TGI server: in a container, or by its own launcher. It is composed here and run elsewhere.

Sources: `docs/source/reference/launcher.md` and `docs/source/conceptual/lora.md` of text-generation-inference 3.x.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ...errors import UsageError
from ...paths import expand

CONTAINER = "ayllu-tgi"
IMAGE = "ghcr.io/huggingface/text-generation-inference:3.3.5"
QUANTIZED = ("awq", "gptq", "eetq", "bitsandbytes", "bitsandbytes-nf4", "bitsandbytes-fp4", "fp8", "marlin", "exl2")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*)?(?:@[\w.-]+)?", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)
_IMAGE = re.compile(r"[a-z0-9][\w.:/@-]*", re.ASCII)
_GPUS = re.compile(r"all|none|\d+(?:,\d+)*")
_UNFIT = re.compile(r"[:,\x00-\x1f\x7f]")  # what a volume or the list of adapters cannot carry


@dataclass(frozen=True, slots=True)
class Launch:
    """What to start. `model` is a hub id or a folder; `adapters` are (name, hub id or PEFT folder)."""

    model: str
    data: Path  # where the server keeps what it downloads
    quantize: str | None = None
    adapters: Sequence[tuple[str, str]] = ()
    port: int = 8080
    gpus: str = "all"  # "all", "none", or numbers: "0,1"
    shards: int | None = None
    dtype: str | None = None
    max_input_tokens: int | None = None
    max_total_tokens: int | None = None
    max_concurrent: int | None = None
    token_env: str | None = None  # the variable that holds the token it will ask for
    image: str = IMAGE


@dataclass(frozen=True, slots=True)
class LaunchCommand:
    """One command with the variables that it needs besides; `$NAME` there stands for what NAME holds."""

    argv: Sequence[str]
    env: Mapping[str, str]
    url: str
    notes: Sequence[str]

    @property
    def text(self) -> str:
        """For a shell."""
        assignments = [
            f'{key}="{value}"' if value.startswith("$") else f"{key}={shlex.quote(value)}" for key, value in self.env.items()
        ]
        return " ".join([*assignments, shlex.join(self.argv)])


def container_command(launch: Launch, runtime: Literal["docker", "podman"] = "docker") -> LaunchCommand:
    """`docker run …`, or podman's.

    Raises:
        UsageError: a name, folder or figure that cannot be handed on safely, or does not fit together.
    """
    _check(launch)
    volumes = [f"{_mountable(launch.data)}:/data"]
    model = launch.model
    if folder := _folder(model):
        _check_model(folder)
        model = f"/models/{_name_inside(folder)}"
        volumes.append(f"{_mountable(folder)}:{model}:ro")
    named = []
    for name, where in launch.adapters:
        if peft := _folder(where):
            _check_peft(peft)
            volumes.append(f"{_mountable(peft)}:/adapters/{name}:ro")
            named.append(f"{name}=/adapters/{name}")
        else:
            named.append(f"{name}={where}" if name != where else where)
    command = [runtime, "run", "--detach", "--name", CONTAINER, *_gpus(launch.gpus, runtime), "--shm-size", "1g"]
    command += ["--security-opt", "no-new-privileges", "--publish", f"127.0.0.1:{launch.port}:80"]
    for volume in volumes:
        command += ["--volume", volume]
    # a variable without a value is taken from the environment of the runtime's client: no secret stands in a command
    command += ["--env", "HF_TOKEN", "--env", "HF_HUB_DISABLE_TELEMETRY=1"]
    command += ["--env", "API_KEY"] if launch.token_env else []
    command += ["--env", f"LORA_ADAPTERS={','.join(named)}"] if named else []
    command += [launch.image, *_arguments(launch, model)]
    env = {"API_KEY": f"${launch.token_env}"} if launch.token_env else {}
    return LaunchCommand(command, env, f"http://127.0.0.1:{launch.port}", _notes(launch))


def launcher_command(launch: Launch) -> LaunchCommand:
    """`text-generation-launcher …`, where TGI itself is installed.

    Raises:
        UsageError: as above.
    """
    _check(launch)
    model = launch.model
    if folder := _folder(model):
        _check_model(folder)
        model = str(folder)
    named = []
    for name, where in launch.adapters:
        peft = _folder(where)
        if peft:
            _check_peft(peft)
        named.append(f"{name}={_mountable(peft) if peft else where}" if peft or name != where else where)
    command = ["text-generation-launcher", "--hostname", "127.0.0.1", "--port", str(launch.port), *_arguments(launch, model)]
    env = {"HUGGINGFACE_HUB_CACHE": str(launch.data), "HF_HUB_DISABLE_TELEMETRY": "1"}
    env |= {"LORA_ADAPTERS": ",".join(named)} if named else {}
    env |= {"API_KEY": f"${launch.token_env}"} if launch.token_env else {}
    if launch.gpus not in ("all", "none"):
        env["CUDA_VISIBLE_DEVICES"] = launch.gpus
    return LaunchCommand(command, env, f"http://127.0.0.1:{launch.port}", _notes(launch))


def _arguments(launch: Launch, model: str) -> list[str]:
    words = ["--model-id", model]
    hub_id, _, revision = model.partition("@")
    if revision and not _folder(launch.model):
        words = ["--model-id", hub_id, "--revision", revision]
    for flag, value in (
        ("--quantize", launch.quantize),
        ("--num-shard", launch.shards),
        ("--dtype", launch.dtype),
        ("--max-input-tokens", launch.max_input_tokens),
        ("--max-total-tokens", launch.max_total_tokens),
        ("--max-concurrent-requests", launch.max_concurrent),
    ):
        words += [flag, str(value)] if value is not None else []
    return [*words, "--usage-stats", "off"]


def _gpus(gpus: str, runtime: str) -> list[str]:
    if gpus == "none":
        return []
    if runtime == "podman":
        return [word for gpu in gpus.split(",") for word in ("--device", f"nvidia.com/gpu={gpu}")]
    return ["--gpus", gpus if gpus == "all" else f'"device={gpus}"']  # docker reads it as CSV, hence the quotes within


def _notes(launch: Launch) -> list[str]:
    notes = []
    if launch.adapters:
        names = ", ".join(name for name, _ in launch.adapters)
        notes.append(
            f"Adapters are read at the start only. To answer with one, set `adapter` under [backends.tgi]: {names}."
        )
        notes.append("An adapter answers well on the model it was tuned on, and only there.")
    if launch.token_env:
        notes.append(f"The server asks for the token that {launch.token_env} holds when this is run.")
    else:
        notes.append("Everybody on this machine can ask this server; `token_env` under [backends.tgi] gives it a token.")
    if launch.quantize in ("awq", "gptq", "marlin", "exl2"):
        notes.append(f"`--quantize {launch.quantize}` needs weights that were quantised that way.")
    return notes


def _check(launch: Launch) -> None:
    if not _folder(launch.model):
        _check_hub_id(launch.model, "model")
    _check_weights(launch)
    _check_limits(launch)
    _check_adapters(launch.adapters)
    if not _GPUS.fullmatch(launch.gpus):
        raise UsageError(f"{launch.gpus!r} names no GPUs.", hint="Write all, none, or their numbers: 0,1.")
    if not _IMAGE.fullmatch(launch.image):
        raise UsageError(f"{launch.image!r} is no name of an image.", hint=f"The usual one is {IMAGE}.")
    if launch.token_env and not re.fullmatch(r"[A-Za-z_]\w*", launch.token_env, re.ASCII):
        raise UsageError("`token_env` takes the name of a variable, not a token.", hint="For instance `TGI_TOKEN`.")


def _check_weights(launch: Launch) -> None:
    if launch.quantize is not None and launch.quantize not in QUANTIZED:
        raise UsageError(
            f"TGI does not know the quantisation {launch.quantize!r}.", hint=f"It knows: {', '.join(QUANTIZED)}."
        )
    if launch.dtype not in (None, "float16", "bfloat16"):
        raise UsageError(f"TGI does not know the dtype {launch.dtype!r}.", hint="It knows float16 and bfloat16.")
    if launch.quantize and launch.dtype and launch.quantize != "fp8":
        raise UsageError("TGI takes a quantisation or a dtype, not both.", hint="Leave one out.")


def _check_limits(launch: Launch) -> None:
    total, prompt = launch.max_total_tokens, launch.max_input_tokens
    if total is not None and prompt is not None and prompt >= total:
        raise UsageError(
            f"A prompt of {prompt:,} tokens leaves no room within {total:,}.", hint="Raise `--max-total-tokens`."
        )


def _check_adapters(adapters: Sequence[tuple[str, str]]) -> None:
    names = [name for name, _ in adapters]
    for name, where in adapters:
        if not _NAME.fullmatch(name) and not (name == where and _HUB_ID.fullmatch(name)):
            raise UsageError(f"{name!r} is no name for an adapter.", hint="Use letters, figures, dots, dashes.")
        if not _folder(where):
            _check_hub_id(where, "adapter")
        if names.count(name) > 1:
            raise UsageError(f"Two adapters are called {name}.", hint="Write one of them as OTHER_NAME=FOLDER.")


def _check_hub_id(text: str, what: str) -> None:
    if not _HUB_ID.fullmatch(text) or ".." in text:
        raise UsageError(
            f"{text!r} is neither a folder nor a hub id of a {what}.", hint="A hub id is written ORGANISATION/NAME."
        )


def _folder(text: str) -> Path | None:
    """The folder that `text` names; only what looks like a path is one, so that no folder here can shadow a hub id."""
    path = expand(text)
    return path.resolve() if (path.is_absolute() or text.startswith((".", "~"))) and path.is_dir() else None


def _check_model(folder: Path) -> None:
    if not (folder / "config.json").is_file() or not any(folder.glob("*.safetensors")):
        raise UsageError(
            f"{folder} is no model that TGI can load: it needs config.json and *.safetensors.",
            hint="Name a folder that holds a whole (merged) model, or a hub id.",
        )


def _check_peft(folder: Path) -> None:
    if not (folder / "adapter_config.json").is_file() or not (folder / "adapter_model.safetensors").is_file():
        raise UsageError(
            f"{folder} is no PEFT adapter: it needs adapter_config.json and adapter_model.safetensors.",
            hint="`ayllu adapters list` shows those of this home.",
        )


def _mountable(folder: Path) -> str:
    path = str(folder)
    if _UNFIT.search(path):
        raise UsageError(
            f"{path!r} cannot be handed to a container: there is a colon, a comma or a control character in it.",
            hint="Rename the folder, or name a link to it.",
        )
    return path


def _name_inside(folder: Path) -> str:
    """The folder's name inside the container, tame enough for any shell."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", folder.name).lstrip(".-") or "model"
