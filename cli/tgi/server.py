"""The server as it comes up and as it is: what it needs to be started, waiting for its model, and what it says of itself."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ...errors import AylluError
from ...redaction import redact
from ...text import one_line
from ..context import CommandContext
from ..errors import NotUp
from ..progress import ProgressBar

if TYPE_CHECKING:
    from ...backends.tgi import ContainerRuntime, Launch
    from ...config import ServerSettings

_EVERY_S = 1.0


def check_gpu(launch: Launch) -> None:
    """
    Raises:
        NotUp: the launch wants a GPU, and there is none.
    """
    if launch.gpus != "none" and shutil.which("nvidia-smi") is None:
        raise NotUp(
            "There is no NVIDIA GPU here (no nvidia-smi), and TGI needs one.",
            hint='Without one, llama.cpp answers: `backend = "llamacpp"`. `--gpus none` starts TGI all the same.',
        )


def ensure_image(runtime: ContainerRuntime, launch: Launch, *, pull: bool) -> None:
    """
    Raises:
        NotUp: the image is not here, and `pull` does not allow to fetch it.
    """
    if runtime.has_image(launch.image):
        return
    if not pull:
        raise NotUp(
            f"The image {launch.image} is not here; it has several gigabytes.",
            hint=f"Fetch it with `{runtime.name} pull {launch.image}`, or by `ayllu tgi up --pull`.",
        )
    runtime.pull(launch.image)


def wait_until_loaded(
    command: CommandContext,
    runtime: ContainerRuntime,
    table: ServerSettings,
    model: str,
    limit_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """Until `/health` says yes; returns the seconds it took.

    Raises:
        NotUp: the container ended, or the time is over.
    """
    began = clock()
    with ProgressBar(stream=command.output.err) as bar:
        while not command.app.run(_answers(table)):
            waited_s = clock() - began
            if runtime.state() != "running":
                last_words = next((one_line(line, 300) for line in reversed(runtime.logs(5))), "it wrote nothing")
                raise NotUp(
                    f"The server ended before its model was loaded: {last_words}.",
                    hint="`ayllu tgi logs` shows all that it wrote; `ayllu tgi down` removes it.",
                )
            if waited_s >= limit_s:
                raise NotUp(
                    f"The model was not loaded within {limit_s:.0f} s; the server goes on trying.",
                    hint="`ayllu tgi status` and `ayllu tgi logs` show how far it is; `ayllu tgi down` stops it.",
                )
            bar(f"TGI loads {model} (seconds)", int(waited_s), int(limit_s))
            time.sleep(_EVERY_S)
    return clock() - began


async def describe(table: ServerSettings) -> dict[str, Any]:
    """What the server says of itself, or why it says nothing; the fields of `ayllu tgi status --json`."""
    from ...backends import tgi

    server = tgi.open_server("tgi", table)
    fields: dict[str, Any] = {"url": redact(table.url or tgi.DEFAULT_URL), "healthy": False, "info": None, "load": None}
    try:
        await tgi.check_health(server)
        return {
            **fields,
            "healthy": True,
            "info": await tgi.read_info(server),
            "load": asdict(await tgi.read_load(server)),
            "error": None,
            "hint": None,
        }
    except AylluError as error:
        return {**fields, "error": error.message, "hint": error.hint}
    finally:
        await server.close()


async def _answers(table: ServerSettings) -> bool:
    from ...backends import tgi

    server = tgi.open_server("tgi", table)
    try:
        await tgi.check_health(server)
    except AylluError:
        return False
    finally:
        await server.close()
    return True
