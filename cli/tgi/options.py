"""The options by which a person says what the server shall be, worded once for `command` and `up`."""

from __future__ import annotations

from typing import Annotated

import typer

from ..options import LARGEST_COUNT

Runtime = Annotated[str | None, typer.Option("--engine", help="docker or podman; else the one that is there.")]
Model = Annotated[str | None, typer.Argument(metavar="MODEL", help="A hub id or a model folder; else your settings'.")]
ModelOption = Annotated[str | None, typer.Option("--model", help="The same.")]
Quantize = Annotated[str | None, typer.Option("--quantize", help="awq, gptq, eetq, bitsandbytes, fp8 ...")]
Adapters = Annotated[
    list[str] | None, typer.Option("--adapter", help="An adapter's id, a hub id, or NAME=FOLDER; may be given again.")
]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="On this machine only.")]
Gpus = Annotated[str, typer.Option("--gpus", help="all, none, or their numbers: 0,1.")]
Shards = Annotated[int | None, typer.Option("--num-shard", min=1, max=1024, help="Over how many GPUs the model is spread.")]
Dtype = Annotated[str | None, typer.Option("--dtype", help="float16 or bfloat16.")]
InputTokens = Annotated[int | None, typer.Option("--max-input-tokens", min=1, max=LARGEST_COUNT, help="Longest prompt.")]
TotalTokens = Annotated[
    int | None, typer.Option("--max-total-tokens", min=2, max=LARGEST_COUNT, help="Longest prompt with its answer.")
]
Concurrent = Annotated[
    int | None, typer.Option("--max-concurrent", min=1, max=LARGEST_COUNT, help="Questions taken at once.")
]
Image = Annotated[str | None, typer.Option("--image", help="Another image or version.")]
