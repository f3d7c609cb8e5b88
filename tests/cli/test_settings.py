from pathlib import Path

import pytest

from .conftest import Ayllu


def test_each_value_says_where_it_came_from(ayllu: Ayllu, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "config.toml").write_text("[retrieval]\npassages = 4\n", "utf-8")
    monkeypatch.setenv("AYLLU_COLLECTION", "mine")
    shown = ayllu("config", "show", "--json").json["settings"]
    assert shown["retrieval.passages"] == {"value": 4, "origin": str(home / "config.toml")}
    assert shown["collection"] == {"value": "mine", "origin": "environment AYLLU_COLLECTION"}
    assert shown["backend"] == {"value": "fallback", "origin": "default"}


def test_no_secret_is_shown(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__URL", "http://me:hunter2@gpu:8080/v1?api_key=hunter3&a=1")
    for result in (ayllu("config", "show"), ayllu("config", "show", "--json")):
        assert "hunter" not in result.out
        assert "gpu:8080" in result.out


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AYLLU_BACKENDS__GPU__TOKEN", "planted hunter2"),
        ("AYLLU_BACKENDS__GPU__TOKEN_ENV", "planted-hunter2"),
        ("AYLLU_BACKENDS__GPU__TIMEOUT_S", "sk-planted-hunter2-0123456789"),
        ("AYLLU_BACKENDS__GPU__API_KEY", "hunter2"),
    ],
)
def test_a_secret_under_a_wrong_key_is_neither_shown_nor_logged(
    ayllu: Ayllu, home: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__KIND", "vllm")
    monkeypatch.setenv(variable, value)
    refused = ayllu("backends", "list", "--debug")
    assert refused.code == 1
    assert "backends.gpu" in refused.err
    assert "hunter2" not in refused.out + refused.err
    assert not any("hunter2" in path.read_text("utf-8", "replace") for path in home.rglob("*") if path.is_file())


def test_init_writes_a_file_that_loads_and_never_replaces_one_unasked(ayllu: Ayllu, home: Path) -> None:
    assert ayllu("config", "init", "--json").json == {"config": str(home / "config.toml")}
    assert ayllu("config", "show").code == 0
    (home / "config.toml").write_text('collection = "mine"\n', "utf-8")
    assert ayllu("config", "init").code == 2
    assert ayllu("config", "show", "--json").json["settings"]["collection"]["value"] == "mine"
    assert ayllu("config", "init", "--force").code == 0


def test_models_are_listed_with_what_is_here(ayllu: Ayllu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "none"))
    models = ayllu("models", "list", "--json").json["models"]
    assert [model["name"] for model in models if model["default"]] == ["smollm2-135m-instruct", "all-minilm-l6-v2"]
    assert not any(model["present"] for model in models)


def test_an_unknown_model_names_the_nearest_before_anything_is_pulled(
    ayllu: Ayllu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "none"))
    result = ayllu("models", "pull", "smollm2-135m-instruct", "lama-3.2-1b", "--json")
    assert (result.code, result.json["kind"]) == (1, "not_found")
    assert "llama-3.2-1b-instruct" in result.json["hint"]
    assert not (tmp_path / "none").exists()


def test_an_unknown_backend_names_the_nearest(ayllu: Ayllu) -> None:
    result = ayllu("backends", "check", "lamacpp", "--json")
    assert (result.code, result.json["kind"]) == (1, "config")
    assert "llamacpp" in result.json["hint"]


def test_a_backend_that_is_down_is_an_answer_with_exit_1(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__KIND", "openai")
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__MODEL", "m")
    result = ayllu("backends", "check", "gpu", "--json")
    assert result.code == 1
    assert (result.json["backends"][0]["name"], result.json["backends"][0]["healthy"]) == ("gpu", False)
    assert result.json["backends"][0]["error"]
    assert "gpu" in {health["name"] for health in ayllu("backends", "list", "--json").json["backends"]}


def test_init_keeps_a_files_mode_and_a_link_and_makes_a_new_one_private(ayllu: Ayllu, home: Path, tmp_path: Path) -> None:
    target = home / "config.toml"
    assert ayllu("config", "init").code == 0
    assert target.stat().st_mode & 0o777 == 0o600
    for mode in (0o600, 0o640):
        target.chmod(mode)
        assert ayllu("config", "init", "--force").code == 0
        assert target.stat().st_mode & 0o777 == mode
    kept = target.rename(tmp_path / "dotfiles.toml")
    kept.write_text("")
    target.symlink_to(kept)
    assert ayllu("config", "init", "--force").code == 0
    assert target.is_symlink()
    assert kept.read_text("utf-8").startswith("#")
    assert [path.name for path in home.glob("config*")] == ["config.toml"]


def test_settings_that_cannot_be_written_are_named_with_what_to_do(ayllu: Ayllu, home: Path) -> None:
    (home / "config.toml").mkdir(parents=True)
    result = ayllu("config", "init", "--force", "--json")
    assert (result.code, result.json["kind"]) == (1, "config")
