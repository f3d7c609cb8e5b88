"""Settings: which layer wins, and what a person is told when one is wrong."""

import re
from pathlib import Path

import pytest
from ayllu.config import load
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


ROOT = Path(__file__).resolve().parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("examples/*/README.md"))]
SHOWN = [block for doc in DOCS for block in re.findall(r"```toml\n(.*?)```", doc.read_text("utf-8"), re.DOTALL)]


@pytest.mark.parametrize("block", [block for block in SHOWN if "pyproject.toml" not in block])
def test_the_settings_that_the_docs_show_are_settings(tmp_path: Path, block: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(block, "utf-8")
    load(file, environ={})
