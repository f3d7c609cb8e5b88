"""`[backends.NAME]` is held against its own kind, and what a person is told where a key is another kind's."""

from pathlib import Path

import pytest
from ayllu.config import (
    PRESETS,
    FallbackSettings,
    LlamaCppSettings,
    OpenAISettings,
    PluginSettings,
    Settings,
    TGISettings,
    TransformersSettings,
    VLLMSettings,
    load,
    template,
)
from ayllu.errors import ConfigError


def loaded(tmp_path: Path, toml: str = "", **environ: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(toml, "utf-8")
    return load(file, environ=environ).settings


def test_a_table_is_of_the_kind_that_it_says_and_else_of_that_of_its_name(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        [backends]
        fallback.probes = 3
        llamacpp.slots = 2
        transformers.device = "cpu"
        tgi.adapter = "a"
        ollama.model = "m"
        big = { kind = "vllm", base = "b" }
        command.options.command = "cat"
        mine = {}
        lmstudio.kind = ""
        """,
    )
    kinds = {name: (type(table), table.kind) for name, table in settings.backends.items()}
    assert kinds == {
        "fallback": (FallbackSettings, "fallback"),
        "llamacpp": (LlamaCppSettings, "llamacpp"),
        "transformers": (TransformersSettings, "transformers"),
        "tgi": (TGISettings, "tgi"),
        "ollama": (OpenAISettings, "ollama"),
        "big": (VLLMSettings, "vllm"),
        "command": (PluginSettings, "command"),
        "mine": (PluginSettings, "mine"),
        "lmstudio": (OpenAISettings, "lmstudio"),
    }
    assert settings.backends["command"].options == {"command": "cat"}


def test_a_backend_without_a_table_has_the_defaults_of_its_kind(tmp_path: Path) -> None:
    settings = loaded(tmp_path)
    assert settings.backend_table("llamacpp") == LlamaCppSettings()
    assert settings.backend_table("fallback") == FallbackSettings()
    assert settings.backend_table("elsewhere") == PluginSettings(kind="elsewhere")
    for name in PRESETS:
        assert (settings.backend_table(name).kind, settings.backend_table(name).url) == (name, None)


@pytest.mark.parametrize(
    ("key", "nearest", "words"),
    [
        ("ollama.gpu_layers = 5", "`backends.ollama.", "`gpu_layers` belongs to the kind `llamacpp`"),
        ("llamacpp.slot = 5", "`backends.llamacpp.slots`", ""),
        ("tgi.base = 'b'", "`backends.tgi.", "`base` belongs to the kinds `transformers` and `vllm`"),
        ("transformers.options.x = 1", "`backends.transformers.", "`options` belongs to the kinds of plug-ins"),
        ("mine.gpu_layers = 1", "`backends.mine.", "`mine` is no kind of ayllu's: say which it is with `kind`"),
        ("mine = { kind = 'vllm', adapters_att = 'x' }", "`backends.mine.adapters_at`", ""),
    ],
)
def test_a_key_of_another_kind_names_its_owner_and_the_nearest(tmp_path: Path, key: str, nearest: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, f"[backends]\n{key}\n")
    assert caught.value.message.startswith(f"{tmp_path / 'config.toml'}: there is no setting `backends.")
    assert nearest in caught.value.hint
    assert words in caught.value.hint


def test_a_variable_is_held_against_the_kind_that_the_file_says(tmp_path: Path) -> None:
    file = '[backends.big]\nkind = "vllm"\n'
    assert loaded(tmp_path, file, AYLLU_BACKENDS__BIG__BASE="b").backends["big"].base == "b"
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, file, AYLLU_BACKENDS__BIG__SLOTS="2")
    assert caught.value.message.startswith("environment AYLLU_BACKENDS__BIG__SLOTS: there is no setting")


def test_a_removed_setting_is_said_to_be_gone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, '[backends.llamacpp]\nspeculation = "off"\n')
    assert "removed" in caught.value.hint


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("backends = 5", "`backends` = 5 is not right: it is a table"),
        ("backends.tgi = 5", "`backends.tgi` = 5 is not right: it is a table"),
        ("backends.tgi.kind = 5", "`backends.tgi.kind` = 5 is not right"),
        ("backends.llamacpp.slots = 'two'", '`backends.llamacpp.slots` = "two" is not right'),
        ("backends.transformers.device = 'the gpu'", "`backends.transformers.device`"),
        ("backends.fallback.order = []", "`backends.fallback.order` = [] is not right"),
    ],
)
def test_a_wrong_value_is_named_with_its_key(tmp_path: Path, toml: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, toml)
    assert words in caught.value.message


def test_every_key_of_the_template_is_a_setting(tmp_path: Path) -> None:
    """Each line that is a key or a table is taken in; `...` stands for a value that is not set."""
    lines = [line.removeprefix("# ") for line in template().splitlines()]
    kept = [line for line in lines if line.startswith("[") or (" = " in line and not line.endswith("= ..."))]
    settings = loaded(tmp_path, "\n".join(kept))
    assert settings.backends["llamacpp"] == LlamaCppSettings()
    assert settings.backends["vllm"] == VLLMSettings()
    assert settings.backends["big"].url == "http://gpu:8000/v1"


_NO_ADDRESSES = ["http://[::1", "http://127.0.0.1:99999/v1", "http://h:port", "http://", "localhost:11434", "http://a b"]


@pytest.mark.parametrize("kind", ["ollama", "tgi"])
@pytest.mark.parametrize("url", [*_NO_ADDRESSES, "http://ü..x", "ftp://x", "nonsense", "/v1"])
def test_what_is_no_address_is_refused_by_its_key(tmp_path: Path, url: str, kind: str) -> None:
    with pytest.raises(ConfigError, match=rf"config\.toml: `backends\.{kind}\.url` = .* is not right"):
        loaded(tmp_path, f"[backends.{kind}]\nurl = '{url}'")


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:11434", "https://ana:pw@[::1]:8443/v1", "http://my_server/v1"])
def test_an_address_stands_as_it_was_written(tmp_path: Path, url: str) -> None:
    settings = loaded(tmp_path, f"[backends.ollama]\nurl = '{url}'\n[backends.mine]\nurl = '{url}'")
    assert [settings.backends[name].url for name in ("ollama", "mine")] == [url, url]  # type: ignore[union-attr]
