"""Backends of strangers: whatever one does wrong is said of that one, and nobody else's question suffers."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from autogen_core.models import UserMessage
from ayllu.backends import (
    Backend,
    BackendFailed,
    BackendUnreachable,
    NotSetUp,
    backend_kinds,
    backend_names,
    open_backend,
    refused_plugins,
)
from ayllu.backends.llamacpp.backend import LlamaCppBackend
from ayllu.config import FallbackSettings, PluginSettings, Settings
from ayllu.errors import ConfigError
from ayllu.models import ModelStore

HELLO = [UserMessage(content="Hello", source="user")]
GOOD = """
from ayllu.backends import BackendFailed, Health, NotSetUp, TextClient

class Made:
    kind, model, adapter, raw, style = "made", "m", None, None, "prose"

    def __init__(self, name, table, context):
        self.name, self.options = "a name of its own", table.options
        if "refuses" in self.options:
            raise NotSetUp("It has no key.", hint="Give it one.")
        self.client = TextClient(self.answer, context=table.context)

    async def answer(self, messages, options):
        yield "So it "
        if "raises" in self.options:
            ours = BackendFailed("gone", hint="Mend it.")
            raise {"key": KeyError("gone"), "time": TimeoutError(), "ours": ours}[self.options["raises"]]
        yield "is."

    async def start(self):
        if "lazy" in self.options:
            raise RuntimeError("too tired")

    async def health(self):
        return self.options.get("health") or Health(self.name, True, self.model)

    async def close(self):
        if "clings" in self.options:
            raise RuntimeError("will not go")
"""
Offer = Callable[..., None]


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Installs a package with one module, which offers backends by name."""

    def install(package: str, code: str, *kinds: str, value: str = "Made") -> None:
        module = package.replace("-", "_")
        site = tmp_path / package
        info = site / f"{module}-1.0.dist-info"
        info.mkdir(parents=True)
        (site / f"{module}.py").write_text(code, "utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
        lines = [f"{kind} = {module}:{value}" for kind in kinds]
        (info / "entry_points.txt").write_text("\n".join(["[ayllu.backends]", *lines, ""]), "utf-8")
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, module, raising=False)

    return install


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models")


def opened(store: ModelStore, kind: str = "made", **options: object) -> Backend:
    return open_backend("mine", Settings(backends={"mine": PluginSettings(kind=kind, options=options)}), store)


async def test_one_is_found_by_its_name_and_gets_its_own_options(offer: Offer, store: ModelStore) -> None:
    offer("good-one", GOOD, "made")
    assert "made" in backend_kinds()
    assert "made" in backend_names(Settings())
    backend = opened(store)
    assert isinstance(backend, Backend)
    assert (backend.name, backend.kind, backend.model, backend.style) == ("mine", "made", "m", "prose")
    await backend.start()
    assert (await backend.health()).name == "mine"
    assert (await backend.client.create(HELLO)).content == "So it is."
    assert backend.client.total_usage().completion_tokens > 0
    assert backend.client.model_info["function_calling"] is False
    await backend.close()
    with pytest.raises(NotSetUp, match="no key"):
        opened(store, refuses=True)


@pytest.mark.parametrize(
    ("code", "value", "words"),
    [
        ("import what_is_not_there", "Made", "No module named 'what_is_not_there'"),
        ("1 / 0", "Made", "ZeroDivisionError"),
        ("raise SystemExit(3)", "Made", "SystemExit"),
        ("def Made(", "Made", "SyntaxError"),
        ("Made = 3", "Made", "not callable"),
        ("def Made(): ...", "Made", "positional arguments"),
        ("def Made(*all): ...", "Made", "a NoneType, which is no backend"),
        ("", "Made", "no attribute 'Made'"),
        ("", "???", "bad_one:???"),
    ],
)
async def test_one_that_cannot_be_loaded_is_named_with_its_package(
    offer: Offer, store: ModelStore, code: str, value: str, words: str
) -> None:
    offer("bad-one", code, "made", value=value)
    with pytest.raises(ConfigError) as caught:
        opened(store)
    assert words in caught.value.message
    assert "bad-one" in caught.value.message
    assert "pip uninstall bad-one" in caught.value.hint
    assert isinstance(open_backend("llamacpp", Settings(), store), LlamaCppBackend)


def test_a_name_of_ours_stays_ours(offer: Offer, store: ModelStore) -> None:
    offer("greedy", "raise SystemExit('loaded')", "llamacpp", "openai")
    assert isinstance(open_backend("llamacpp", Settings(), store), LlamaCppBackend)
    assert backend_kinds().count("llamacpp") == 1
    assert list(refused_plugins()) == ["llamacpp (greedy)", "openai (greedy)"]
    assert "is not used" in refused_plugins()["openai (greedy)"].message


def test_two_of_one_name_are_both_named(offer: Offer, store: ModelStore) -> None:
    offer("first-one", GOOD, "made")
    offer("second-one", GOOD, "made")
    with pytest.raises(ConfigError, match="Two packages offer the backend `made`: first-one and second-one"):
        opened(store)


def test_nobody_s_kind_is_unknown(store: ModelStore) -> None:
    with pytest.raises(ConfigError, match="unknown kind, `made`"):
        opened(store)


@pytest.mark.parametrize(
    ("raises", "error", "words"),
    [
        ("key", BackendFailed, r"`mine` \(plug-in good-one\) failed: KeyError: 'gone'"),
        ("time", BackendUnreachable, "gave no answer in time"),
        ("ours", BackendFailed, "^gone$"),
    ],
)
async def test_what_it_raises_is_an_error_of_ours(
    offer: Offer, store: ModelStore, raises: str, error: type[Exception], words: str
) -> None:
    offer("good-one", GOOD, "made")
    client = opened(store, raises=raises).client
    with pytest.raises(error, match=words):
        await client.create(HELLO)
    stream = client.create_stream(HELLO)
    assert await anext(stream) == "So it "
    with pytest.raises(error, match=words):
        await anext(stream)


async def test_its_health_its_start_and_its_end_harm_nobody(offer: Offer, store: ModelStore) -> None:
    offer("good-one", GOOD, "made")
    backend = opened(store, health="fine", lazy=True, clings=True)
    with pytest.raises(BackendFailed, match="too tired"):
        await backend.start()
    health = await backend.health()
    assert (health.name, health.healthy) == ("mine", False)
    assert "its health is a str" in health.error
    await backend.close()


async def test_the_fallback_asks_the_next(offer: Offer, store: ModelStore) -> None:
    offer("good-one", GOOD, "made")
    offer("bad-one", "import what_is_not_there", "broken")
    tables = {
        "fallback": FallbackSettings(order=("broken", "torn", "made")),
        "torn": PluginSettings(kind="made", options={"raises": "key"}),
    }
    backend = open_backend("fallback", Settings(backends=tables), store)
    assert (await backend.client.create(HELLO)).content == "So it is."
    assert backend.name == "made"
    await backend.close()
