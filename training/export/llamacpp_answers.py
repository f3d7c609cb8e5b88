"""Greedy answers of llama.cpp with an adapter, token for token, in a process of its own: a native crash must not take the
improvement with it.

The cache is f32 and flash attention off, so that nothing but the adapter's conversion can differ from transformers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import NoParity

_CONTEXT = 2048  # tokens


def llamacpp_answers(model: Path, adapter: Path, prompts: Sequence[Sequence[int]], tokens: int) -> list[list[int]]:
    """The first `tokens` tokens of the answer to each of `prompts` (token ids).

    Raises:
        NoParity: llama.cpp cannot load the adapter.
    """
    request = {
        "model": str(model),
        "adapter": str(adapter),
        "prompts": [list(prompt) for prompt in prompts],
        "tokens": tokens,
    }
    process = subprocess.run(
        [sys.executable, "-m", "ayllu.training.export.llamacpp_answers"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )
    if process.returncode:
        last = (process.stderr.strip().splitlines() or ["no words"])[-1]
        raise NoParity(
            f"llama.cpp could not load the exported adapter: {last[:200]}.",
            hint="Nothing was put to use; `--debug` shows more.",
        )
    answers: list[list[int]] = json.loads(process.stdout)
    return answers


def _answer_request() -> None:
    """Read one request on stdin; write the answers' tokens to stdout."""
    request: dict[str, Any] = json.loads(sys.stdin.read())
    stdout = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native code prints to stdout
    server = _server(request["model"], request["adapter"])
    answers = [_complete(server.listening_address, prompt, request["tokens"]) for prompt in request["prompts"]]
    print(json.dumps(answers), file=stdout, flush=True)
    os._exit(0)


def _server(model: str, adapter: str) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(adapter, 1.0)]
    params.n_ctx = _CONTEXT
    params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.hostnames, params.port, params.ui, params.offline = ["127.0.0.1"], 0, False, True
    params.n_gpu_layers = 0
    return xllamacpp.Server(params)


def _complete(address: str, prompt: Sequence[int], tokens: int) -> list[int]:
    import urllib.request

    body = {"prompt": prompt, "n_predict": tokens, "temperature": 0, "return_tokens": True, "cache_prompt": False}
    request = urllib.request.Request(
        f"{address}/completion", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as response:  # loopback, to a server of our own
        answer: list[int] = json.loads(response.read())["tokens"]
    return answer


if __name__ == "__main__":
    _answer_request()
