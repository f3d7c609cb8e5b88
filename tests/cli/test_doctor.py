from pathlib import Path

import pytest
from ayllu.app import requirements

from .conftest import Ayllu


def test_a_bare_install_is_well_and_told_what_to_pull(
    ayllu: Ayllu, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "none"))
    result = ayllu("doctor", "--json")
    assert (result.code, result.json["ok"]) == (0, True)
    checks = {check["name"]: check for check in result.json["checks"]}
    assert list(checks) == ["python", "settings", "disk", "models", "library", "store", "backend", "gpu", "extras"]
    assert not checks["models"]["ok"]
    assert "ayllu models pull" in checks["models"]["mend"]
    assert not home.exists()
    assert not (tmp_path / "none").exists()


def test_a_wrong_setting_is_a_finding_and_the_other_checks_go_on(ayllu: Ayllu, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text("[retrieval]\npassages = 0\n", "utf-8")
    result = ayllu("doctor", "--json")
    assert result.code == 1
    checks = {check["name"]: check for check in result.json["checks"]}
    assert "`retrieval.passages`" in checks["settings"]["detail"]
    assert checks["python"]["ok"]
    assert checks["disk"]["ok"]


def test_a_backend_that_is_down_is_a_finding_with_a_mend(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_BACKEND", "gpu")
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__KIND", "openai")
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("AYLLU_BACKENDS__GPU__MODEL", "m")
    result = ayllu("doctor", "--json")
    backend = next(check for check in result.json["checks"] if check["name"] == "backend")
    assert result.code == 1
    assert not backend["ok"]
    assert backend["mend"]


@pytest.mark.usefixtures("tiny_chat")
def test_with_its_models_the_backend_writes_a_token_and_every_id_finds_itself(ayllu: Ayllu, handbook: Path) -> None:
    assert ayllu("ingest", handbook).code == 0
    result = ayllu("doctor", "--json")
    checks = {check["name"]: check for check in result.json["checks"]}
    assert result.code == 0
    assert "first token" in checks["backend"]["detail"]
    assert "every live id finds itself" in checks["store"]["detail"]
    assert "2 sources" in checks["library"]["detail"]


def test_an_extra_asks_for_its_own_packages_and_those_it_builds_on() -> None:
    named = {wanted.split(">")[0] for wanted in requirements("train")}
    assert {"torch", "transformers", "sentence-transformers", "trl", "peft"} <= named
    assert "chromadb" not in named
