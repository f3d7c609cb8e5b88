"""`ayllu tgi`: start, watch and stop a TGI server of one's own, in a container that is called `ayllu-tgi`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...errors import AylluError, NotFound, UsageError
from ...text import one_line
from ..context import CommandContext
from ..errors import NotUp
from ..progress import ProgressBar

if TYPE_CHECKING:
    from ...backends.tgi import ContainerRuntime, Launch, LaunchCommand
    from ...config import ServerSettings

group = typer.Typer(help="A TGI server of your own: command, up, status, logs, down.", rich_markup_mode=None)

_DEFAULT_MODEL = "HuggingFaceTB/SmolLM2-1.7B-Instruct"  # a Llama architecture that anybody may download
_EVERY_S = 1.0
_Engine = Annotated[str | None, typer.Option("--engine", help="docker or podman; else the one that is there.")]
_Model = Annotated[str | None, typer.Argument(metavar="MODEL", help="A hub id or a model folder; else your settings'.")]
_Named = Annotated[str | None, typer.Option("--model", help="The same.")]
_Quantize = Annotated[str | None, typer.Option("--quantize", help="awq, gptq, eetq, bitsandbytes, fp8 ...")]
_Adapters = Annotated[
    list[str] | None, typer.Option("--adapter", help="An adapter's id, a hub id, or NAME=FOLDER; may be given again.")
]
_Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="On this machine only.")]
_Gpus = Annotated[str, typer.Option("--gpus", help="all, none, or their numbers: 0,1.")]
_Shards = Annotated[int | None, typer.Option("--num-shard", min=1, help="Over how many GPUs the model is spread.")]
_Dtype = Annotated[str | None, typer.Option("--dtype", help="float16 or bfloat16.")]
_Input = Annotated[int | None, typer.Option("--max-input-tokens", min=1, help="Longest prompt.")]
_Total = Annotated[int | None, typer.Option("--max-total-tokens", min=2, help="Longest prompt with its answer.")]
_Requests = Annotated[int | None, typer.Option("--max-concurrent", min=1, help="Questions taken at once.")]
_Image = Annotated[str | None, typer.Option("--image", help="Another image or version.")]


@group.command("command")
def command(
    context: typer.Context,
    model: _Model = None,
    named: _Named = None,
    quantize: _Quantize = None,
    adapter: _Adapters = None,
    port: _Port = 8080,
    gpus: _Gpus = "all",
    num_shard: _Shards = None,
    dtype: _Dtype = None,
    max_input_tokens: _Input = None,
    max_total_tokens: _Total = None,
    max_concurrent: _Requests = None,
    image: _Image = None,
    engine: _Engine = None,
    launcher: Annotated[bool, typer.Option("--launcher", help="For TGI's own launcher, without a container.")] = False,
) -> None:
    """Show the line that starts the server; nothing is run."""
    from ...backends import tgi

    command: CommandContext = context.obj
    figures = (quantize, port, gpus, num_shard, dtype, max_input_tokens, max_total_tokens, max_concurrent, image)
    launch = _launch(command, _one(model, named), adapter or [], figures)
    line = tgi.launcher_command(launch) if launcher else tgi.container_command(launch, _engine_named(engine) or "docker")
    command.output.result(_told(line))
    command.output.say(line.text)
    for note in line.notes:
        command.output.note(note)


@group.command("up")
def up(
    context: typer.Context,
    model: _Model = None,
    named: _Named = None,
    quantize: _Quantize = None,
    adapter: _Adapters = None,
    port: _Port = 8080,
    gpus: _Gpus = "all",
    num_shard: _Shards = None,
    dtype: _Dtype = None,
    max_input_tokens: _Input = None,
    max_total_tokens: _Total = None,
    max_concurrent: _Requests = None,
    image: _Image = None,
    engine: _Engine = None,
    pull: Annotated[bool, typer.Option("--pull", help="Fetch the image (several gigabytes) where it is missing.")] = False,
    wait: Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait until the model is loaded.")] = 900.0,
) -> None:
    """Start the server and wait until its model is loaded."""
    from ...backends import tgi

    command: CommandContext = context.obj
    figures = (quantize, port, gpus, num_shard, dtype, max_input_tokens, max_total_tokens, max_concurrent, image)
    launch = _launch(command, _one(model, named), adapter or [], figures)
    runs = tgi.ContainerRuntime.find(_engine_named(engine))
    line = tgi.container_command(launch, runs.name)
    if launch.token_env:
        _table(command, line.url, check_token=True)
    runs.check()
    state = runs.state()
    if state == "running":
        command.output.note(f"{tgi.CONTAINER} runs already; to start it differently: `ayllu tgi down` first.")
    else:
        _check_gpu(launch)
        _check_image(runs, launch, pull=pull)
        launch.data.mkdir(parents=True, exist_ok=True)
        runs.start(line)
    seconds = _wait(command, runs, line, launch.model, wait)
    command.output.result({**_told(line), "started": state != "running", "healthy": True, "seconds": round(seconds, 1)})
    command.output.say(
        f"TGI answers at {line.url}. To use it, put this into the settings file (`ayllu config path`):", "bold"
    )
    command.output.say('  backend = "tgi"\n  [backends.tgi]\n' + f'  url = "{line.url}"')


@group.command("status")
def status(context: typer.Context) -> int:
    """What the server in your settings says of itself, and the container's state where there is an engine."""
    from ...backends.tgi import ContainerRuntimeFailed

    command: CommandContext = context.obj
    try:
        container: str | None = _working(None).state()
    except ContainerRuntimeFailed:
        container = None
    found = command.app.run(_look(_table(command)))
    command.output.result({"container": container, **found})
    command.output.say(f"{found['url']}: {'up' if found['healthy'] else 'down'}", "bold")
    rows = [(key, value) for part in ("info", "load") for key, value in (found[part] or {}).items() if value is not None]
    command.output.table(("", "server"), [*rows, ("container", container or "no engine")])
    if found["error"]:
        command.output.say(found["error"], "yellow")
        command.output.say(f"  {found['hint']}")
    return 0 if found["healthy"] else 1


@group.command("logs")
def logs(
    context: typer.Context,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with those to come.")] = False,
    engine: _Engine = None,
) -> int:
    """The last lines that the container wrote."""
    from ...backends import tgi

    command: CommandContext = context.obj
    runs = _working(engine)
    if runs.state() == "absent":
        raise NotFound(f"There is no container {tgi.CONTAINER}.", hint="`ayllu tgi up` starts one.")
    if follow and not command.output.json:
        return runs.follow(lines)
    written = runs.logs(lines)
    command.output.result({"container": tgi.CONTAINER, "lines": written})
    command.output.say("\n".join(written))
    return 0


@group.command("down")
def down(context: typer.Context, engine: _Engine = None) -> None:
    """Stop the container and remove it; what it has downloaded stays."""
    from ...backends import tgi

    command: CommandContext = context.obj
    stopped = _working(engine).stop()
    command.output.result({"container": tgi.CONTAINER, "stopped": stopped})
    command.output.say(f"{tgi.CONTAINER} {'is stopped and removed' if stopped else 'does not run'}.")


def _launch(command: CommandContext, model: str | None, adapters: list[str], figures: tuple[Any, ...]) -> Launch:
    from ...backends import tgi

    table = _table(command)
    if model is None and table.model is None:
        command.output.note(f"No model was named; this is for {_DEFAULT_MODEL}.")
    quantize, port, gpus, shards, dtype, most_input, most_total, at_once, image = figures
    return tgi.Launch(
        model=model if model is not None else table.model or _DEFAULT_MODEL,
        data=command.app.paths.models / "tgi",
        quantize=quantize,
        adapters=[_adapter(command, one) for one in adapters],
        port=port,
        gpus=gpus,
        shards=shards,
        dtype=dtype,
        max_input_tokens=most_input,
        max_total_tokens=most_total,
        max_concurrent=at_once,
        token_env=table.token_env,
        image=image or tgi.IMAGE,
    )


def _adapter(command: CommandContext, text: str) -> tuple[str, str]:
    """(name, where) of one `--adapter`: NAME=FOLDER or NAME=HUB_ID, a hub id, or an id of ours with its PEFT folder.

    Raises:
        NotFound: no adapter of that id, or it was not exported for TGI.
    """
    name, given, where = text.partition("=")
    if given:
        return name, where
    if "/" in text:
        return text, text
    known = command.app.adapters.get(text)
    folder = command.app.paths.adapters / known.adapter_id / "peft"
    if not folder.is_dir():
        raise NotFound(
            f"The adapter {known.adapter_id} has no PEFT folder ({folder}).", hint="Train it again: `ayllu improve`."
        )
    return known.adapter_id, str(folder)


def _one(model: str | None, named: str | None) -> str | None:
    if model is not None and named is not None and model != named:
        raise UsageError("Two models are named.", hint="Leave one out.")
    return model if model is not None else named


def _working(named: str | None) -> ContainerRuntime:
    """The engine, which has answered.

    Raises:
        ContainerRuntimeFailed: there is none, or it does not.
    """
    from ...backends.tgi import ContainerRuntime

    engine = ContainerRuntime.find(_engine_named(named))
    engine.check()
    return engine


def _engine_named(name: str | None) -> Literal["docker", "podman"] | None:
    if name is None or name == "docker":
        return "docker" if name else None
    if name == "podman":
        return "podman"
    raise UsageError(f"There is no engine `{name}`.", hint="There are docker and podman.")


def _told(line: LaunchCommand) -> dict[str, Any]:
    return {"command": list(line.argv), "env": dict(line.env), "url": line.url, "notes": list(line.notes)}


def _table(command: CommandContext, url: str | None = None, *, check_token: bool = False) -> ServerSettings:
    """The settings table `tgi`, with another address where one is given."""
    from ...backends import access_token
    from ...config import ServerSettings, TGISettings

    table = command.app.settings.backend_table("tgi")
    if not isinstance(table, ServerSettings):
        table = TGISettings()
    if check_token:
        access_token("tgi", table)
    return table.model_copy(update={"url": url}) if url else table


def _check_gpu(launch: Launch) -> None:
    if launch.gpus != "none" and shutil.which("nvidia-smi") is None:
        raise NotUp(
            "There is no NVIDIA GPU here (no nvidia-smi), and TGI needs one.",
            hint='Without one, llama.cpp answers: `backend = "llamacpp"`. `--gpus none` starts TGI all the same.',
        )


def _check_image(engine: ContainerRuntime, launch: Launch, *, pull: bool) -> None:
    if engine.has_image(launch.image):
        return
    if not pull:
        raise NotUp(
            f"The image {launch.image} is not here; it has several gigabytes.",
            hint=f"Fetch it with `{engine.name} pull {launch.image}`, or by `ayllu tgi up --pull`.",
        )
    engine.pull(launch.image)


def _wait(
    command: CommandContext,
    engine: ContainerRuntime,
    line: LaunchCommand,
    model: str,
    limit_s: float,
    clock: Callable[[], float] = time.monotonic,
) -> float:
    """Until `/health` says yes; returns the seconds it took.

    Raises:
        NotUp: the container ended, or the time is over.
    """
    began = clock()
    table = _table(command, line.url)
    with ProgressBar(stream=command.output.err) as bar:
        while not command.app.run(_answers(table)):
            waited = clock() - began
            if engine.state() != "running":
                said = [one_line(one, 300) for one in engine.logs(5)]
                raise NotUp(
                    f"The server ended before its model was loaded: {said[-1] if said else 'it wrote nothing'}.",
                    hint="`ayllu tgi logs` shows all that it wrote; `ayllu tgi down` removes it.",
                )
            if waited >= limit_s:
                raise NotUp(
                    f"The model was not loaded within {limit_s:.0f} s; the server goes on trying.",
                    hint="`ayllu tgi status` and `ayllu tgi logs` show how far it is; `ayllu tgi down` stops it.",
                )
            bar(f"TGI loads {model} (seconds)", int(waited), int(limit_s))
            time.sleep(_EVERY_S)
    return clock() - began


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


async def _look(table: ServerSettings) -> dict[str, Any]:
    from ...backends import tgi

    server = tgi.open_server("tgi", table)
    found: dict[str, Any] = {"url": table.url or tgi.DEFAULT_URL, "healthy": False, "info": None, "load": None}
    try:
        await tgi.check_health(server)
        return {
            **found,
            "healthy": True,
            "info": await tgi.read_info(server),
            "load": asdict(await tgi.read_load(server)),
            "error": None,
            "hint": None,
        }
    except AylluError as error:
        return {**found, "error": error.message, "hint": error.hint}
    finally:
        await server.close()
