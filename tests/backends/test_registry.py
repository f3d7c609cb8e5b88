"""Backends by name: what looking costs, and what a person is told of a name that nobody has."""

import subprocess
import sys
from pathlib import Path

import pytest
from ayllu.backends import UnknownBackend, answering_backends, backend_kinds, backend_names, embedded_models, open_backend
from ayllu.config import PRESETS, FallbackSettings, PluginSettings, Settings, TransformersSettings
from ayllu.models import ModelStore

LOOK = """
import sys
from ayllu.backends import backend_kinds, backend_names
from ayllu.config import Settings
backend_kinds(), backend_names(Settings())
heavy = {"torch", "transformers", "openai", "xllamacpp", "text_generation", "tomlkit", "onnxruntime"}
print(*sorted(heavy & set(sys.modules)), *(name for name in sys.modules if name.endswith("llamacpp.backend")))
"""


def test_looking_at_names_and_kinds_loads_none_of_them() -> None:
    looked = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert looked.stdout.split() == []


def test_ours_come_first_among_the_kinds_and_each_is_there_once() -> None:
    kinds = backend_kinds()
    assert kinds[:4] == ["fallback", "llamacpp", "transformers", "tgi"]
    assert set(PRESETS) <= set(kinds)
    assert len(kinds) == len(set(kinds))


def test_who_answers_are_the_targets_that_have_an_address() -> None:
    assert answering_backends(Settings()) == ["llamacpp"]  # no TGI was named
    assert answering_backends(Settings(), "ollama") == ["ollama"]
    assert answering_backends(Settings(backends={"tgi": {"url": "http://gpu"}})) == ["tgi", "llamacpp"]
    order = FallbackSettings(order=("ollama", "openai", "mine", "llamacpp"))
    settings = Settings(backends={"fallback": order, "mine": PluginSettings(kind="made")})
    assert answering_backends(settings) == ["ollama", "mine", "llamacpp"]
    assert backend_names(settings)[:5] == ["fallback", "ollama", "openai", "mine", "llamacpp"]


@pytest.mark.parametrize(
    ("model", "models"),
    [(None, ["smollm2-135m-instruct"]), ("tiny.gguf", ["tiny.gguf"]), ("owner/name", []), (".", [])],
)
def test_what_a_hub_or_a_folder_holds_is_not_ours_to_pull(model: str | None, models: list[str]) -> None:
    settings = Settings(backend="transformers", backends={"transformers": TransformersSettings(model=model)})
    assert embedded_models(settings) == models


def test_an_unknown_name_names_the_nearest_and_an_unknown_kind_all_of_them(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    with pytest.raises(UnknownBackend) as caught:
        open_backend("olama", Settings(), store)
    assert "`ollama`" in caught.value.hint
    with pytest.raises(UnknownBackend) as caught:
        open_backend("mine", Settings(backends={"mine": {"kind": "olama"}}), store)
    assert "unknown kind, `olama`" in caught.value.message
    assert "ollama" in caught.value.hint
