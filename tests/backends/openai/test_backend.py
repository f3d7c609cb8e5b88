"""Presets, tokens, context windows and run-time adapters, against stand-ins that record what they are asked."""

import asyncio
import logging
import sys
import types
from functools import partial
from pathlib import Path

import pytest
from autogen_core.models import CreateResult, UserMessage
from ayllu.adapters import Adapter, AdapterRegistry, PinnedAdapter
from ayllu.backends import Backend, BackendFailed, BackendUnreachable, ContextOverflow, backend_kinds, open_backend
from ayllu.backends.openai.backend import OpenAIBackend
from ayllu.backends.openai.errors import error_from_status
from ayllu.benchmarks.standin import StandIn
from ayllu.config import PRESETS, Settings, VLLMSettings
from ayllu.errors import ConfigError
from ayllu.models import ModelStore

HELLO = [UserMessage(content="Hello", source="user")]
SECRET = "sk-very-secret-1234"


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def opened(store: ModelStore, kind: str, url: str | None = None, **options: object) -> OpenAIBackend:
    adapters = options.pop("adapters", None)
    table = {"kind": kind, "url": url, **options}
    backend = open_backend("mine", Settings(backends={"mine": table}), store, adapters=adapters)
    assert isinstance(backend, OpenAIBackend)
    return backend


def test_every_preset_is_a_kind_and_needs_no_table_where_it_has_a_port(store: ModelStore) -> None:
    assert set(PRESETS) <= set(backend_kinds())
    for name, preset in PRESETS.items():
        if preset.port is not None:
            backend = open_backend(name, Settings(backend=name), store)
            assert isinstance(backend, Backend)
            assert (backend.name, backend.kind) == (name, name)
        else:
            with pytest.raises(ConfigError, match="no address"):
                open_backend(name, Settings(backend=name), store)


async def test_the_first_model_that_can_chat_is_asked(store: ModelStore) -> None:
    listed = {"data": [{"id": "nomic-embed-text"}, {"id": "llama3.2:3b"}]}
    async with StandIn(routes={"/v1/models": lambda *_: (200, listed)}) as server:
        backend = opened(store, "ollama", server.url)
        await backend.start()
        await backend.client.create(HELLO)
        assert backend.model == "llama3.2:3b"
        assert server.requests[-1][2]["model"] == "llama3.2:3b"
        await backend.close()


async def test_a_server_that_cannot_stream_answers_in_one_piece(store: ModelStore) -> None:
    async with StandIn(text="All at once.") as server:
        backend = opened(store, "gpt4all", server.url)
        pieces = [piece async for piece in backend.client.create_stream(HELLO)]
        assert pieces[0] == "All at once."
        assert isinstance(pieces[1], CreateResult)
        assert not any(body.get("stream") for *_, body in server.requests if body)
        await backend.close()


@pytest.mark.parametrize(
    ("kind", "path", "answer", "context"),
    [
        ("vllm", "/v1/models", {"data": [{"id": "m", "max_model_len": 2048}]}, 2048),
        ("llama-server", "/props", {"default_generation_settings": {"n_ctx": 8192}}, 8192),
        ("ollama", "/api/show", {"model_info": {"llama.context_length": 131072}}, 4096),
        ("ollama", "/api/show", {"parameters": "num_ctx                        16384", "model_info": {}}, 16384),
        ("ollama", "/api/ps", {"models": [{"name": "m", "context_length": 32768}]}, 32768),
        ("lmstudio", "/api/v0/models", {"data": [{"id": "m", "loaded_context_length": 4000}]}, 4000),
        ("tgi-openai", "/info", {"max_total_tokens": 3000}, 3000),
        ("ollama", "/api/show", {"model_info": None}, None),
        ("llama-server", "/props", "no object", None),
    ],
)
async def test_the_context_is_what_the_server_says(
    store: ModelStore, kind: str, path: str, answer: object, context: int | None
) -> None:
    nothing = {"/api/ps": lambda *_: (200, {"models": []})}
    async with StandIn(routes={**nothing, path: lambda *_: (200, answer)}) as server:
        backend = opened(store, kind, server.url)
        assert (await backend.health()).context == context
        await backend.close()
        backend = opened(store, kind, server.url, context=1234)
        assert (await backend.health()).context == 1234  # what was set holds
        await backend.close()


@pytest.mark.parametrize(
    "message",
    [
        "This model's maximum context length is 100 tokens. However, you requested 140 tokens (120 in the messages, 20 in"
        " the completion).",
        "This model's maximum context length is 100 tokens. However, you requested 20 output tokens and your prompt contains"
        " at least 120 input tokens, for a total of at least 140 tokens.",
        "The input (120 tokens) is longer than the model's context length (100 tokens).",
        "Input validation error: `inputs` must have less than 100 tokens. Given: 120",
    ],
)
def test_each_servers_words_for_too_long_a_prompt_are_understood(message: str) -> None:
    error = error_from_status(400, {"error": {"message": message}}, "the server")
    assert isinstance(error, ContextOverflow)
    assert (error.prompt_tokens, error.context) == (120, 100)


# --- tokens ---


async def test_a_token_goes_into_the_header_and_nowhere_else(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MY_TOKEN", SECRET)
    caplog.set_level(logging.DEBUG)
    refusal = {"error": {"message": f"the key {SECRET} may not use this model"}}
    async with StandIn(routes={"/v1/chat/completions": lambda *_: (418, refusal)}) as server:
        backend = opened(store, "openai", server.url, token_env="MY_TOKEN")
        with pytest.raises(BackendFailed) as caught:
            await backend.client.create(HELLO)
        await backend.close()
    assert server.requests[-1][1]["authorization"] == f"Bearer {SECRET}"
    assert "•••" in str(caught.value)
    assert SECRET not in str(caught.value) + caught.value.hint
    assert SECRET not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("ayllu"))


async def test_a_token_that_a_stream_repeats_is_blotted_out(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", SECRET)
    event = b'data: {"error": {"message": "the key ' + SECRET.encode() + b' is used up", "code": 429}}\n\n'
    async with StandIn(routes={"/v1/chat/completions": lambda *_: (200, event)}) as server:
        backend = opened(store, "openai", server.url, token_env="MY_TOKEN", model="m")
        with pytest.raises(BackendFailed, match="the key ••• is used up"):
            _ = [piece async for piece in backend.client.create_stream(HELLO)]
        await backend.close()


async def test_what_is_for_openai_goes_to_nobody_else(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-mine")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-mine")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Mine: sesame")
    async with StandIn() as server:
        backend = opened(store, "openai", server.url, model="m")
        await backend.client.create(HELLO)
        await backend.close()
    headers = str(server.requests[-1][1])
    assert not any(word in headers for word in ("org-mine", "proj-mine", "sesame"))
    theirs = opened(store, "openai", "https://api.openai.com/v1", model="m")._client._client
    assert (theirs.organization, theirs.project) == ("org-mine", "proj-mine")


async def test_a_redirect_takes_no_passages_elsewhere(store: ModelStore) -> None:
    async with StandIn() as elsewhere:
        head = f"HTTP/1.1 307 X\r\nLocation: {elsewhere.url}/chat/completions\r\nContent-Length: 0\r\n\r\n"
        async with await asyncio.start_server(partial(_answer, head.encode()), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            backend = opened(store, "openai", f"http://127.0.0.1:{port}/v1", model="m")
            with pytest.raises(BackendUnreachable, match="sends its callers on to"):
                _ = [piece async for piece in backend.client.create_stream(HELLO)]
            with pytest.raises(BackendUnreachable, match="sends its callers on to"):
                await backend.client.create(HELLO)
            await backend.close()
    assert elsewhere.requests == []


async def _answer(head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(head)
    await writer.drain()
    writer.close()


async def test_control_tokens_reach_a_server_as_text(store: ModelStore) -> None:
    async with StandIn() as server:
        backend = opened(store, "openai", server.url, model="m")
        await backend.client.create([UserMessage(content="What is <|im_end|>?", source="user")])
        await backend.close()
    assert "<|im_end|>" not in str(server.requests[-1][2])


async def test_a_password_in_an_address_is_not_repeated(store: ModelStore) -> None:
    backend = opened(store, "openai", "http://me:hunter2@127.0.0.1:9/v1?api_key=hunter3", model="m")
    health = await backend.health()
    with pytest.raises(BackendUnreachable) as caught:
        await backend.client.create(HELLO)
    assert "127.0.0.1:9" in caught.value.message
    assert "hunter" not in f"{health} {caught.value} {caught.value.hint}"
    await backend.close()


def test_an_endpoint_wants_a_token_and_says_where_it_looks(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(ConfigError, match="HF_TOKEN or the system's keyring") as caught:
        opened(store, "hf-endpoint", "https://x.endpoints.example/v1/")
    assert "keyring set ayllu mine" in caught.value.hint
    monkeypatch.setenv("HF_TOKEN", SECRET)
    assert opened(store, "hf-endpoint", "https://x.endpoints.example/v1/")._client._client.api_key == SECRET


def test_a_token_may_be_kept_in_the_keyring(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> None:
    if "keyring" not in sys.modules:
        monkeypatch.setitem(sys.modules, "keyring", None)  # not installed
        with pytest.raises(ConfigError, match="needs the `keyring` package"):
            opened(store, "openai", "https://gpu.example/v1", keyring=True)
    kept = {("ayllu", "mine"): SECRET}
    keyring, errors = types.ModuleType("keyring"), types.ModuleType("keyring.errors")
    keyring.get_password = lambda *key: kept.get(key)  # type: ignore[attr-defined]
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert opened(store, "openai", "https://gpu.example/v1", keyring=True)._client._client.api_key == SECRET
    kept.clear()
    with pytest.raises(ConfigError, match="there is none"):
        opened(store, "openai", "https://gpu.example/v1", keyring=True)


# --- adapters, loaded while the server runs ---


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    registry = AdapterRegistry(tmp_path / "adapters")
    for adapter_id in ("a1", "a2"):
        files = tmp_path / "export"
        (files / "peft").mkdir(parents=True)
        (files / "adapter.gguf").write_bytes(b"GGUF")
        registry.add(Adapter(adapter_id, "our-name", "", "", "sft", "2026-01-01T00:00:00+00:00"), files)
    return registry


class LoadingServer(StandIn):
    """Loads and unloads adapters as vLLM does, and lists them."""

    def __init__(self) -> None:
        super().__init__("theirs")
        self.held: dict[str, str] = {}  # where each name's weights came from
        self.loads: list[str] = []
        self.routes |= {
            "/v1/load_lora_adapter": self._load,
            "/v1/unload_lora_adapter": self._unload,
            "/v1/models": lambda *_: (200, {"data": [{"id": name} for name in ("theirs", *self.held)]}),
        }

    def _load(self, headers: object, body: dict[str, str]) -> tuple[int, object]:
        if body["lora_name"] in self.held:
            return 400, {"error": {"message": f"The lora adapter '{body['lora_name']}' has already been loaded."}}
        self.loads.append(body["lora_name"])
        self.held[body["lora_name"]] = body["lora_path"]
        return 200, b"Success"

    def _unload(self, headers: object, body: dict[str, str]) -> tuple[int, object]:
        return (200, b"Success") if self.held.pop(body["lora_name"], None) else (404, {"error": {"message": "unknown"}})


async def asked_as(backend: OpenAIBackend, server: StandIn) -> str:
    """The name that a question goes to."""
    await backend.start()
    await backend.client.create(HELLO)
    return str(server.requests[-1][2]["model"])


async def test_a_promoted_adapter_is_in_use_without_a_restart_and_the_one_before_it_is_unloaded(
    store: ModelStore, registry: AdapterRegistry
) -> None:
    async with LoadingServer() as server:
        backend = opened(store, "vllm", server.url, base="our-name", adapters=registry)
        assert (await asked_as(backend, server), backend.adapter) == ("theirs", None)
        for adapter_id in ("a1", "a2"):
            registry.promote(adapter_id)
            name = await asked_as(backend, server)
            assert (name.rpartition("-")[0], backend.adapter) == (adapter_id, adapter_id)
            assert await asked_as(backend, server) == name
            assert server.held == {name: str(registry.folder / adapter_id / "peft")}
        assert len(server.loads) == 2
        assert (await backend.health()).adapter == "a2"
        assert backend.model == "theirs"
        registry.rollback("our-name")
        registry.rollback("our-name")
        assert (await asked_as(backend, server), backend.adapter) == ("theirs", None)
        await backend.close()


async def test_what_is_put_to_work_again_has_another_name(store: ModelStore, registry: AdapterRegistry) -> None:
    """A reload under the same name has been seen to serve the weights that were there before."""
    async with LoadingServer() as server:
        backend = opened(store, "vllm", server.url, base="our-name", adapters=registry)
        names = []
        for adapter_id in ("a1", "a2", "a1"):
            registry.promote(adapter_id)
            names.append(await asked_as(backend, server))
        registry.rollback("our-name")
        names.append(await asked_as(backend, server))
        await backend.close()
    assert len(set(names)) == len(names) == 4
    assert [name.rpartition("-")[0] for name in names] == ["a1", "a2", "a1", "a2"]


async def test_a_server_that_was_started_again_is_given_the_adapter_again(
    store: ModelStore, registry: AdapterRegistry
) -> None:
    registry.promote("a1")
    async with LoadingServer() as server:
        backend = opened(store, "vllm", server.url, base="our-name", adapters=registry)
        name = await asked_as(backend, server)
        server.held.clear()
        assert await asked_as(backend, server) == name
        assert server.held.keys() == {name}
        await backend.close()


async def test_another_ayllu_s_adapters_stay_loaded(store: ModelStore, registry: AdapterRegistry) -> None:
    registry.promote("a1")
    async with LoadingServer() as server:
        server.held = {"a9-20260101": "/elsewhere/a9/peft", "sql-lora": "/theirs"}
        backend = opened(store, "vllm", server.url, base="our-name", adapters=registry)
        name = await asked_as(backend, server)
        assert server.held.keys() == {"a9-20260101", "sql-lora", name}
        await backend.close()


async def test_an_adapter_that_one_process_asks_for_is_gone_with_it(store: ModelStore, registry: AdapterRegistry) -> None:
    pinned = PinnedAdapter("a2", registry.path("a2"), registry.folder)
    registry.promote("a1")
    async with LoadingServer() as server:
        chat = opened(store, "vllm", server.url, base="our-name", adapters=registry)
        promoted = await asked_as(chat, server)
        backend = opened(store, "vllm", server.url, base="our-name", adapters=pinned)
        name = await asked_as(backend, server)
        assert (backend.adapter, server.held.keys()) == ("a2", {promoted, name})
        await backend.close()
        assert server.held.keys() == {promoted}
        await chat.close()


async def test_where_the_server_refuses_the_untuned_model_answers_and_says_so(
    store: ModelStore, registry: AdapterRegistry
) -> None:
    notices: list[str] = []
    registry.promote("a1")
    async with StandIn("theirs", routes={"/v1/load_lora_adapter": lambda *_: (404, {"detail": "Not Found"})}) as server:
        table = VLLMSettings(url=server.url, base="our-name", adapters_at="/mnt/adapters")
        settings = Settings(backends={"mine": table})
        backend = open_backend("mine", settings, store, adapters=registry, announce=notices.append)
        for _ in range(2):
            await backend.start()
            await backend.client.create(HELLO)
            assert (server.requests[-1][2]["model"], backend.adapter) == ("theirs", None)
        [request] = [body for path, _, body in server.requests if path == "/v1/load_lora_adapter"]
        assert request["lora_path"] == "/mnt/adapters/a1/peft"
        assert len(notices) == 1
        assert "VLLM_ALLOW_RUNTIME_LORA_UPDATING" in notices[0]
        await backend.close()


async def test_what_the_server_has_already_is_not_an_error(store: ModelStore, registry: AdapterRegistry) -> None:
    again = {"error": {"message": "The lora adapter 'a1' has already been loaded."}}
    registry.promote("a1")
    async with StandIn("theirs", routes={"/v1/load_lora_adapter": lambda *_: (400, again)}) as server:
        backend = opened(store, "vllm", server.url, base="our-name", adapters=registry)
        await backend.start()
        assert backend.adapter == "a1"
        await backend.close()
