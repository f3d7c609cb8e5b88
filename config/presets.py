"""What is known of each OpenAI-compatible server: where it listens by default, and what it can do.

A preset is data. Its name is a `kind` of its own: `backend = "ollama"` works with no table at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

# Where the context window is asked for: the entry in /v1/models, llama-server's /props, Ollama's /api/ps and /api/show,
# LM Studio's /api/v0/models, TGI's /info, or nowhere.
ContextProbe = Literal["models", "props", "ollama", "lmstudio", "info", "none"]


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of server. `port` on loopback; `None`: it has no usual one, and `url` must be set."""

    title: str
    port: int | None = None
    context: ContextProbe = "none"
    tools: bool = True  # function calling, where the model can
    schema: bool = True  # answers held to a JSON schema
    streams: bool = True  # else the answer comes in one piece
    stream_usage: bool = True  # counts tokens in a stream when asked to
    token_env: str | None = None  # where its token usually is; such a server wants one
    lora: bool = False  # loads adapters while it runs, under /v1/load_lora_adapter

    @property
    def url(self) -> str | None:
        return f"http://127.0.0.1:{self.port}/v1" if self.port is not None else None


# The order is that of `discover`: of two with one port, what the server says of itself decides, else the first.
PRESETS: Mapping[str, Preset] = {
    "ollama": Preset("Ollama", 11434, "ollama"),
    "lmstudio": Preset("LM Studio", 1234, "lmstudio"),
    "llama-server": Preset("llama.cpp's llama-server", 8080, "props"),
    "vllm": Preset("vLLM", 8000, "models", lora=True),
    "sglang": Preset("SGLang", 30000, "models"),
    "gpt4all": Preset("GPT4All", 4891, tools=False, schema=False, streams=False, stream_usage=False),
    "openllm": Preset("OpenLLM", 3000, "models"),
    "localai": Preset("LocalAI", 8080),
    "tgi-openai": Preset("TGI's own /v1", 3000, "info"),
    "hf-endpoint": Preset("a Hugging Face Inference Endpoint", None, "info", token_env="HF_TOKEN"),
    "openai": Preset("an OpenAI-compatible server"),
}
