"""Settings: which layer wins, and what a person is told when one is wrong."""

import re
from pathlib import Path

import pytest
from ayllu.config import current_person, load
from ayllu.errors import ConfigError


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('backend = "file"\n[backends.tgi]\nurl = "http://file"\n')
    environ = {"AYLLU_BACKEND": "environment", "AYLLU_BACKENDS__TGI__URL": "http://environment"}
    assert load(tmp_path / "none.toml", environ={}).settings.backend == "fallback"
    assert load(file, environ={}).settings.backend == "file"
    loaded = load(file, environ=environ, flags={"backend": "flag"})
    assert loaded.settings.backend == "flag"
    assert loaded.settings.backends["tgi"].url == "http://environment"
    assert loaded.origins["backend"] == "flag"
    assert loaded.origins["backends.tgi.url"] == "environment AYLLU_BACKENDS__TGI__URL"
    assert loaded.origins["store"] == "default"


def test_an_unknown_key_names_the_file_the_key_and_the_nearest_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[retrieval]\npasages = 4\n")
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    assert str(file) in caught.value.message
    assert "retrieval.pasages" in caught.value.message
    assert "retrieval.passages" in caught.value.hint


def test_the_nearest_key_of_a_backend_is_one_of_that_backend(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "none.toml", environ={"AYLLU_BACKENDS__TGI__URLL": "http://here"})
    assert "`backends.tgi.url`" in caught.value.hint


def test_a_variable_that_holds_a_table_is_laid_over_that_of_the_file_key_by_key(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[backends.big]\nkind = "vllm"\nurl = "http://file"\n')
    loaded = load(file, environ={"AYLLU_BACKENDS": '{"big": {"url": "http://environment"}, "mine": {}}'})
    assert loaded.settings.backends["big"].url == "http://environment"
    assert list(loaded.settings.backends) == ["big", "mine"]
    assert loaded.origins["backends.big.url"] == "environment AYLLU_BACKENDS"
    assert loaded.origins["backends.big.kind"] == str(file)


def test_a_backend_may_have_a_dot_in_its_name(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[backends."my.gpu"]\nkind = "tgi"\nurl = "http://gpu"\n')
    loaded = load(file, environ={})
    assert loaded.settings.backends["my.gpu"].url == "http://gpu"
    assert loaded.origins["backends.my.gpu.url"] == str(file)


def test_a_key_below_a_value_says_which_of_them_is_in_the_way(tmp_path: Path) -> None:
    environ = {"AYLLU_MODELS": "ignored", "AYLLU_BACKENDS__TGI": "5", "AYLLU_BACKENDS__TGI__URL": "http://here"}
    with pytest.raises(ConfigError, match=r"`backends\.tgi\.url` lies below `backends\.tgi`, which is a value"):
        load(tmp_path / "none.toml", environ=environ)


ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
SHOWN = [block for doc in DOCS for block in re.findall(r"```toml\n(.*?)```", doc.read_text("utf-8"), re.DOTALL)]


@pytest.mark.parametrize("block", [block for block in SHOWN if "pyproject.toml" not in block])
def test_the_settings_that_the_docs_show_are_settings(tmp_path: Path, block: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(block, "utf-8")
    load(file, environ={})


def test_a_person_is_who_was_set_else_the_system_s_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def person(**environ: str) -> str:
        return current_person(load(tmp_path / "config.toml", environ=environ).settings)

    assert person(AYLLU_PERSON="ana") == "ana"
    monkeypatch.setenv("LOGNAME", "otto")
    assert person() == "otto"
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000)  # a container's user without an entry
    assert person() == "unknown"


def test_the_token_of_an_embeddings_endpoint_is_no_setting(tmp_path: Path) -> None:
    loaded = load(tmp_path / "none.toml", environ={"AYLLU_EMBEDDINGS_TOKEN": "secret"})
    assert "secret" not in str(loaded)


def test_a_text_setting_may_look_like_a_number_and_a_number_may_come_as_text(tmp_path: Path) -> None:
    environ = {
        "AYLLU_PERSON": "1001",
        "AYLLU_RETRIEVAL__PASSAGES": "5",
        "AYLLU_BACKENDS__TGI__MODEL": "7",
        "AYLLU_BACKENDS__VLLM__TOOLS": "false",
        "AYLLU_BACKENDS__MINE": '{"kind": "of-a-stranger", "options": {"depth": 3}}',
        "AYLLU_BACKENDS__MINE__OPTIONS__WIDTH": "4",
    }
    settings = load(tmp_path / "none.toml", environ=environ).settings
    assert (settings.person, settings.retrieval.passages, settings.backends["tgi"].model) == ("1001", 5, "7")
    assert settings.backends["vllm"].tools is False
    assert settings.backends["mine"].options == {"depth": 3, "width": 4}


def test_a_collection_has_wishes_of_its_own_beside_those_for_all(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[agents]\ninstructions = "Be brief."\n[collections."my notes"]\ninstructions = "Write in Spanish."\n', "utf-8"
    )
    loaded = load(file, environ={})
    assert loaded.settings.instructions(["my notes"]) == "Be brief.\nWrite in Spanish."
    assert loaded.settings.instructions(["documents"]) == "Be brief."
    assert loaded.origins["collections.my notes.instructions"] == str(file)
    file.write_text('[collections.notes]\ninstruction = "Be brief."\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ={})
    assert "`collections.NAME.instructions`" in caught.value.hint
    file.write_text(f'[agents]\ninstructions = "{"long " * 500}"\n', "utf-8")
    with pytest.raises(ConfigError):
        load(file, environ={})
