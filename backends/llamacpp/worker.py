"""The worker process of the `llamacpp` backend: llama.cpp's own HTTP server on a loopback port, under a key.

Run as `python -m ayllu.backends.llamacpp.worker`. Its first line of stdin is one JSON object (the fields of `WorkerSpec`);
its first line of stdout is `{"url": …, "gpu": …}` once the model is loaded, or `{"error": …}`. When stdin closes, the
parent is gone and so is the worker: at once, for a native thread may be busy.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """How to run the server. `context` is for each slot.

    A request that does not say which of several `adapters` it wants would be answered by all of them at once.
    """

    model: str
    alias: str
    key: str
    context: int  # tokens
    slots: int
    gpu_layers: int  # -1: all that fit
    threads: int
    prompt_threads: int = 0  # while a prompt is read; 0: as many
    crowded: bool = False  # others keep the cores busy
    adapters: tuple[str, ...] = ()  # LoRAs in GGUF; a request names them by their place here
    cache_mib: int = 256  # for prompts of other conversations, kept for their return

    def to_line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def server_parameters(spec: WorkerSpec) -> Any:
    """What `xllamacpp.Server` is started with."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = spec.model
    params.model_alias = {spec.alias}
    params.n_ctx = spec.context * spec.slots
    params.n_parallel = spec.slots
    params.n_gpu_layers = spec.gpu_layers
    params.cpuparams.n_threads = spec.threads
    params.cpuparams_batch.n_threads = spec.prompt_threads or spec.threads
    params.cpuparams.poll = 0  # waiting threads sleep: two spinning workers on two cores starve each other
    params.cpuparams_batch.poll = 0
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(path, 1.0) for path in spec.adapters]
    params.cache_ram_mib = spec.cache_mib
    # By itself the server is open to any web page on the machine, without a key.
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [spec.key]
    params.ui = False
    params.endpoint_slots = False
    params.cors_origins = ""
    params.cors_origins_explicit = True
    params.offline = True
    return params


def main() -> None:
    spec = WorkerSpec(**json.loads(sys.stdin.readline()))
    protocol = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native code prints to stdout; the protocol line goes to the pipe alone
    threading.Thread(target=leave_with_parent, daemon=True).start()
    try:
        import xllamacpp

        server = xllamacpp.Server(server_parameters(spec))
        print(json.dumps({"url": server.listening_address, "gpu": _gpu()}), file=protocol, flush=True)
    except Exception as error:  # an edge: the parent reports whatever kept the server from starting
        print(json.dumps({"error": str(error) or type(error).__name__}), file=protocol, flush=True)
        os._exit(1)
    threading.Event().wait()


def _gpu() -> bool:
    import xllamacpp

    kinds = xllamacpp.ggml_backend_dev_type
    gpus = {kinds.GGML_BACKEND_DEVICE_TYPE_GPU, kinds.GGML_BACKEND_DEVICE_TYPE_IGPU}
    return any(device["type"] in gpus for device in xllamacpp.get_device_info())


def leave_with_parent() -> None:
    """End this process at once when its stdin closes."""
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
