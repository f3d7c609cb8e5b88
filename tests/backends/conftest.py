"""Real servers: llama.cpp's own with the default model, in a process of its own; and that model in our own process."""

import asyncio
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from ayllu.backends import Backend, open_backend
from ayllu.backends.llamacpp.worker import WorkerSpec
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.config import Settings, TransformersSettings
from ayllu.models import DEFAULT_CHAT, ModelStore

CONTEXT = 1024
# The worker's server, but for /slots, where it says how far each slot has decoded.
_SERVER = """
import json, sys, threading
import xllamacpp
from ayllu.backends.llamacpp.worker import WorkerSpec, leave_with_parent, server_parameters
parameters = server_parameters(WorkerSpec(**json.loads(sys.stdin.readline())))
parameters.endpoint_slots = True
server = xllamacpp.Server(parameters)
print("at " + server.listening_address, flush=True)
leave_with_parent()
"""


@pytest.fixture(scope="session")
def in_process(models: ModelStore) -> Iterator[TransformersBackend]:
    """One for all tests, for it takes seconds to load."""
    settings = Settings(backends={"transformers": TransformersSettings(context=CONTEXT)})
    backend = open_backend("transformers", settings, models)
    assert isinstance(backend, TransformersBackend)
    yield backend
    asyncio.run(backend.close())


@dataclass(frozen=True)
class LlamaServer:
    url: str
    key: str
    model: str


@contextmanager
def serve(path: Path, model: str) -> Iterator[LlamaServer]:
    """llama.cpp's server with the weights at `path`, which it calls `model`."""
    key = secrets.token_urlsafe(16)
    spec = WorkerSpec(str(path), model, key, CONTEXT, slots=1, gpu_layers=0, threads=2)
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        process.stdin.write(json.dumps(asdict(spec)) + "\n")
        process.stdin.flush()
        try:
            line = next(line for line in process.stdout if line.startswith("at "))
            yield LlamaServer(f"{line[3:].strip()}/v1", key, model)
        finally:
            process.kill()


@pytest.fixture(scope="session")
def llama_server(models: ModelStore) -> Iterator[LlamaServer]:
    with serve(models.ensure(DEFAULT_CHAT), DEFAULT_CHAT) as server:
        yield server


@pytest.fixture(scope="session")
def tiny_server(tiny_gguf: Path) -> Iterator[LlamaServer]:
    """The same with random weights: at once, and nonsense."""
    with serve(tiny_gguf, tiny_gguf.stem) as server:
        yield server


@pytest.fixture
def backend(real_backend: Backend) -> Backend:
    """Until each test here says which it needs."""
    return real_backend
