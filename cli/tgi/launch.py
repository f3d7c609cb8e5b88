"""From what was typed to the launch of a server: which model, which adapters, and the settings' own table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ...errors import NotFound, UsageError
from ..context import CommandContext

if TYPE_CHECKING:
    from ...backends.tgi import Launch
    from ...config import ServerSettings

_DEFAULT_MODEL = "HuggingFaceTB/SmolLM2-1.7B-Instruct"  # a Llama architecture that anybody may download


def launch_from(
    command: CommandContext,
    model: str | None,
    adapters: Sequence[str],
    *,
    quantize: str | None,
    port: int,
    gpus: str,
    shards: int | None,
    dtype: str | None,
    max_input_tokens: int | None,
    max_total_tokens: int | None,
    max_concurrent: int | None,
    image: str | None,
) -> Launch:
    """What was typed, over what the settings say.

    Raises:
        NotFound: an adapter is not there, or was not exported for TGI.
    """
    from ...backends import tgi

    table = settings_table(command)
    if model is None and table.model is None:
        command.output.note(f"No model was named; this is for {_DEFAULT_MODEL}.")
    return tgi.Launch(
        model=model if model is not None else table.model or _DEFAULT_MODEL,
        data=command.app.paths.models / "tgi",
        quantize=quantize,
        adapters=[_adapter(command, adapter) for adapter in adapters],
        port=port,
        gpus=gpus,
        shards=shards,
        dtype=dtype,
        max_input_tokens=max_input_tokens,
        max_total_tokens=max_total_tokens,
        max_concurrent=max_concurrent,
        token_env=table.token_env,
        image=image or tgi.IMAGE,
    )


def named_model(argument: str | None, option: str | None) -> str | None:
    """The model, whichever way it was named.

    Raises:
        UsageError: it was named twice, and differently.
    """
    if argument is not None and option is not None and argument != option:
        raise UsageError("Two models are named.", hint="Leave one out.")
    return argument if argument is not None else option


def runtime_name(text: str | None) -> Literal["docker", "podman"] | None:
    """
    Raises:
        UsageError: it is neither docker nor podman.
    """
    if text is None or text == "docker":
        return "docker" if text else None
    if text == "podman":
        return "podman"
    raise UsageError(f"There is no engine `{text}`.", hint="There are docker and podman.")


def settings_table(command: CommandContext, url: str | None = None) -> ServerSettings:
    """The settings table `tgi`, with another address where there is a `url`."""
    from ...config import ServerSettings, TGISettings

    table = command.app.settings.backend_table("tgi")
    if not isinstance(table, ServerSettings):
        table = TGISettings()
    return table.model_copy(update={"url": url}) if url else table


def _adapter(command: CommandContext, text: str) -> tuple[str, str]:
    """(name, place) of one `--adapter`: NAME=FOLDER or NAME=HUB_ID, a hub id, or an id of ours with its PEFT folder.

    Raises:
        NotFound: no adapter of that id, or it was not exported for TGI.
    """
    name, sign, place = text.partition("=")
    if sign:
        return name, place
    if "/" in text:
        return text, text
    adapter_id = command.app.adapters.get(text).adapter_id
    folder = command.app.paths.adapters / adapter_id / "peft"
    if not folder.is_dir():
        raise NotFound(f"The adapter {adapter_id} has no PEFT folder ({folder}).", hint="Train it again: `ayllu improve`.")
    return adapter_id, str(folder)
