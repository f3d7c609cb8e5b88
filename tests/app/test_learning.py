"""The learning in the background works with the very files of the program that starts it."""

import subprocess
from pathlib import Path

import pytest
from ayllu.app import Application, improve_command, learning_workspace
from ayllu.backends.scripted import ScriptedBackend
from ayllu.paths import find
from ayllu.retrieval import Document, HashingEmbedder, Parsed


@pytest.mark.parametrize("named", ["nothing", "option", "variable"])
def test_the_learning_reads_the_settings_and_the_home_of_who_starts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.delenv("AYLLU_CONFIG", raising=False)
    monkeypatch.delenv("AYLLU_HOME", raising=False)
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    if named == "variable":
        monkeypatch.setenv("AYLLU_HOME", str(tmp_path / "mine"))
    paths = find(tmp_path / "mine" if named == "option" else None)
    *same_paths, improve, as_json = improve_command(paths)
    assert (improve, as_json) == ("improve", "--json")
    shown = subprocess.run([*same_paths, "config", "path"], capture_output=True, text=True, check=True).stdout
    assert f"config: {paths.config}" in shown
    assert f"home: {paths.home}" in shown


def test_a_new_adapter_is_asked_over_all_collections_of_the_library_where_there_is_one(
    tmp_path: Path,
) -> None:
    home = find(tmp_path / "home")
    with Application(home, embedder=HashingEmbedder(), backend=ScriptedBackend()) as application:
        with learning_workspace(application, lambda *step: None) as workspace:
            assert workspace.search is not None
            assert workspace.search("When does the ferry leave?") == []
        texts = {"island": "The ferry leaves at 7:45.", "town": "The ferry is painted white."}
        for name, text in texts.items():
            application.library.add([Document(name, f"{name}.txt", "test", Parsed(text, "text/plain"))])
        with learning_workspace(application, lambda *step: None) as workspace:
            assert workspace.search is not None
            assert set(workspace.search("When does the ferry leave?")) == set(texts.values())
