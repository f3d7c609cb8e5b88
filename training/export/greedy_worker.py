"""The process that asks llama.cpp: one request on stdin, the answers' tokens on stdout. It imports nothing of ours.

The cache is f32 and flash attention off, so that nothing but the adapter's conversion can differ from transformers.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

_CONTEXT = 2048  # tokens


def main() -> None:
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
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # to a server of our own, on this machine
    with direct.open(request) as response:
        answer: list[int] = json.loads(response.read())["tokens"]
    return answer


if __name__ == "__main__":
    main()
