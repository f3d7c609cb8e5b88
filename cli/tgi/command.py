"""`ayllu tgi`: start, watch and stop a TGI server of one's own, in a container that is called `ayllu-tgi`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import NotFound
from ..context import CommandContext
from ..options import LARGEST_COUNT
from .launch import launch_from, named_model, runtime_name, settings_table
from .options import (
    Adapters,
    Concurrent,
    Dtype,
    Gpus,
    Image,
    InputTokens,
    Model,
    ModelOption,
    Port,
    Quantize,
    Runtime,
    Shards,
    TotalTokens,
)
from .server import check_gpu, describe, ensure_image, wait_until_loaded

if TYPE_CHECKING:
    from ...backends.tgi import ContainerRuntime, LaunchCommand

group = typer.Typer(help="A TGI server of your own: command, up, status, logs, down.", rich_markup_mode=None)


@group.command("command")
def show_command(
    context: typer.Context,
    model: Model = None,
    model_option: ModelOption = None,
    quantize: Quantize = None,
    adapter: Adapters = None,
    port: Port = 8080,
    gpus: Gpus = "all",
    num_shard: Shards = None,
    dtype: Dtype = None,
    max_input_tokens: InputTokens = None,
    max_total_tokens: TotalTokens = None,
    max_concurrent: Concurrent = None,
    image: Image = None,
    runtime: Runtime = None,
    launcher: Annotated[bool, typer.Option("--launcher", help="For TGI's own launcher, without a container.")] = False,
) -> None:
    """Show the line that starts the server; nothing is run."""
    from ...backends import tgi

    command: CommandContext = context.obj
    launch = launch_from(
        command,
        named_model(model, model_option),
        adapter or [],
        quantize=quantize,
        port=port,
        gpus=gpus,
        shards=num_shard,
        dtype=dtype,
        max_input_tokens=max_input_tokens,
        max_total_tokens=max_total_tokens,
        max_concurrent=max_concurrent,
        image=image,
    )
    containers = runtime_name(runtime) or "docker"
    line = tgi.launcher_command(launch) if launcher else tgi.container_command(launch, containers)
    command.output.result(_fields(line))
    command.output.say(line.text)
    for note in line.notes:
        command.output.note(note)


@group.command("up")
def up(
    context: typer.Context,
    model: Model = None,
    model_option: ModelOption = None,
    quantize: Quantize = None,
    adapter: Adapters = None,
    port: Port = 8080,
    gpus: Gpus = "all",
    num_shard: Shards = None,
    dtype: Dtype = None,
    max_input_tokens: InputTokens = None,
    max_total_tokens: TotalTokens = None,
    max_concurrent: Concurrent = None,
    image: Image = None,
    runtime: Runtime = None,
    pull: Annotated[bool, typer.Option("--pull", help="Fetch the image (several gigabytes) where it is missing.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", min=0, max=1e6, help="Seconds to wait until the model is loaded.")
    ] = 900.0,
) -> None:
    """Start the server and wait until its model is loaded."""
    from ...backends import access_token, tgi

    command: CommandContext = context.obj
    launch = launch_from(
        command,
        named_model(model, model_option),
        adapter or [],
        quantize=quantize,
        port=port,
        gpus=gpus,
        shards=num_shard,
        dtype=dtype,
        max_input_tokens=max_input_tokens,
        max_total_tokens=max_total_tokens,
        max_concurrent=max_concurrent,
        image=image,
    )
    containers = tgi.ContainerRuntime.find(runtime_name(runtime))
    line = tgi.container_command(launch, containers.name)
    table = settings_table(command, line.url)
    if launch.token_env:
        access_token("tgi", table)  # a missing one is told of now, not after the start
    containers.check()
    state = containers.state()
    if state == "running":
        command.output.note(f"{tgi.CONTAINER} runs already; to start it differently: `ayllu tgi down` first.")
    else:
        check_gpu(launch)
        ensure_image(containers, launch, pull=pull)
        launch.data.mkdir(parents=True, exist_ok=True)
        containers.start(line)
    seconds = wait_until_loaded(command, containers, table, launch.model, wait)
    command.output.result({**_fields(line), "started": state != "running", "healthy": True, "seconds": round(seconds, 1)})
    command.output.say(
        f"TGI answers at {line.url}. To use it, put this into the settings file (`ayllu config path`):", "bold"
    )
    command.output.say('  backend = "tgi"\n  [backends.tgi]\n' + f'  url = "{line.url}"')


@group.command("status")
def status(context: typer.Context) -> int:
    """What the server in your settings says of itself, and the container's state where there is an engine."""
    from ...backends.tgi import ContainerRuntimeFailed

    command: CommandContext = context.obj
    output = command.output
    try:
        container: str | None = _working_runtime(None).state()
    except ContainerRuntimeFailed:
        container = None
    server = command.app.run(describe(settings_table(command)))
    output.result({"container": container, **server})
    output.say(f"{server['url']}: {'up' if server['healthy'] else 'down'}", "bold")
    rows = [(key, value) for part in ("info", "load") for key, value in (server[part] or {}).items() if value is not None]
    output.table(("", "server"), [*rows, ("container", container or "no engine")])
    if server["error"]:
        output.say(server["error"], "yellow")
        output.say(f"  {server['hint']}")
    return 0 if server["healthy"] else 1


@group.command("logs")
def logs(
    context: typer.Context,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=LARGEST_COUNT, help="How many of the last.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with those to come.")] = False,
    runtime: Runtime = None,
) -> int:
    """The last lines that the container wrote."""
    from ...backends import tgi

    command: CommandContext = context.obj
    containers = _working_runtime(runtime)
    if containers.state() == "absent":
        raise NotFound(f"There is no container {tgi.CONTAINER}.", hint="`ayllu tgi up` starts one.")
    if follow and not command.output.json:
        return containers.follow(lines)
    written = containers.logs(lines)
    command.output.result({"container": tgi.CONTAINER, "lines": written})
    command.output.say("\n".join(written))
    return 0


@group.command("down")
def down(context: typer.Context, runtime: Runtime = None) -> None:
    """Stop the container and remove it; what it has downloaded stays."""
    from ...backends import tgi

    command: CommandContext = context.obj
    stopped = _working_runtime(runtime).stop()
    command.output.result({"container": tgi.CONTAINER, "stopped": stopped})
    command.output.say(f"{tgi.CONTAINER} {'is stopped and removed' if stopped else 'does not run'}.")


def _working_runtime(name: str | None) -> ContainerRuntime:
    """The container runtime, which has answered.

    Raises:
        ContainerRuntimeFailed: there is none, or it does not.
    """
    from ...backends.tgi import ContainerRuntime

    containers = ContainerRuntime.find(runtime_name(name))
    containers.check()
    return containers


def _fields(line: LaunchCommand) -> dict[str, Any]:
    return {"command": list(line.argv), "env": dict(line.env), "url": line.url, "notes": list(line.notes)}
