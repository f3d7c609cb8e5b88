"""Odd values: homes that are not there, numbers without end, files with a mark before them."""

from pathlib import Path
from typing import Any

import pytest
from ayllu import paths
from ayllu.cli import tree

from .conftest import Ayllu

NOBODY = "~nobody-of-this-name"
HUGE = "9" * 30


@pytest.mark.parametrize("words", [("--home", NOBODY), (f"--home={NOBODY}/x",), ("--home", f"{NOBODY}/x", "--json")])
def test_a_home_of_nobody_is_named(ayllu: Ayllu, words: tuple[str, ...]) -> None:
    shown = ayllu("config", "path", *words)
    assert shown.code == 1
    assert f"no home for `{NOBODY}`" in shown.out + shown.err


@pytest.mark.parametrize("variable", ["AYLLU_HOME", "AYLLU_MODELS", "AYLLU_CONFIG"])
def test_a_folder_of_nobody_in_the_environment_is_named(
    ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, f"{NOBODY}/x")
    shown = ayllu("config", "path", "--json")
    assert (shown.code, shown.json["kind"]) == (1, "no_such_user")


def test_what_a_shell_leaves_alone_may_be_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / NOBODY).mkdir()
    assert paths.expand(f"{NOBODY}/x") == Path(f"{NOBODY}/x")


@pytest.mark.parametrize(
    "line",
    [
        "feedback import FILE",
        "feedback export --output=FILE",
        "eval retrieval FILE",
        "eval answers FILE",
        "train sft --data=FILE",
        "improve --data=FILE",
        "sources show FILE",
        "sources remove FILE",
        "adapters export a1 --output=FILE",
        "adapters export a1 -o out --base=FILE",
        "models pull FILE.gguf",
        "tgi command FILE",
    ],
)
def test_a_file_of_nobody_is_no_fault_of_ours(ayllu: Ayllu, line: str) -> None:
    shown = ayllu(*line.replace("FILE", f"{NOBODY}/x").split(), "--json")
    assert shown.code in (1, 2)
    assert shown.json["kind"] != "unexpected"


def test_a_home_behind_an_equals_sign_is_looked_up(ayllu: Ayllu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert ayllu("feedback", "export", "--output=~/words", "--json").json["folder"] == str(tmp_path / "words")
    assert (tmp_path / "words").is_dir()
    assert not (tmp_path / "~").exists()


OPTIONS = [
    pytest.param(command, parameter, id=f"{' '.join(path)} {parameter.opts[0]}")
    for path, command in tree.commands()
    for parameter in command.params
    if parameter.opts[0].startswith("-") and not getattr(parameter, "is_flag", False)
]


@pytest.mark.parametrize("value", [HUGE, f"-{HUGE}", "inf", "nan"])
@pytest.mark.parametrize(("command", "option"), OPTIONS)
def test_no_number_is_taken_that_nothing_can_hold(command: Any, option: Any, value: str) -> None:
    """An option that takes numbers says how large they may be; to one that takes text these are a text."""
    needed = ["x" for parameter in command.params if parameter.required and not parameter.opts[0].startswith("-")]
    try:
        taken = command.make_context("ayllu", [option.opts[0], value, *needed]).params[option.name]
    except Exception as refusal:
        taken = refusal.format_message()  # wrong usage, as Typer says it
    assert not isinstance(taken, int | float)


@pytest.mark.parametrize(
    "variable",
    [
        *("RETRIEVAL__MAX_FILE_BYTES", "AGENTS__MAX_TOKENS", "FEEDBACK__LEARN_AT", "BACKENDS__LLAMACPP__CONTEXT"),
        *("BACKENDS__TGI__TIMEOUT_S", "BACKENDS__FALLBACK__PROBES", "RETRIEVAL__PASSAGES", "AGENTS__TEMPERATURE"),
    ],
)
@pytest.mark.parametrize("value", [HUGE, "9" * 5_000, "inf", "nan", "-1e300", "[" * 9_000])
def test_no_setting_takes_a_number_without_end(
    ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"AYLLU_{variable}", value)
    shown = ayllu("config", "show", "--json")
    assert (shown.code, shown.json["kind"]) == (1, "config")
    assert f"AYLLU_{variable}" in shown.json["error"]


def test_a_mark_before_the_settings_is_no_setting(ayllu: Ayllu, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_bytes(b'\xef\xbb\xbfcollection = "mine"\r\n')
    assert ayllu("config", "show", "--json").json["settings"]["collection"]["value"] == "mine"


@pytest.mark.parametrize("text", [b"\xff\xfec\x00", b"a = " + b"9" * 5_000, b"a = " + b"[" * 5_000, b"\x00"])
def test_settings_that_cannot_be_read_are_named(ayllu: Ayllu, home: Path, text: bytes) -> None:
    home.mkdir()
    (home / "config.toml").write_bytes(text)
    shown = ayllu("config", "show", "--json")
    assert (shown.code, shown.json["kind"]) == (1, "config")
    assert str(home / "config.toml") in shown.json["error"]


@pytest.mark.parametrize("value", ["2024", "true", "1.5", "007"])
def test_a_name_may_look_like_a_number(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("AYLLU_COLLECTION", value)
    assert ayllu("config", "show", "--json").json["settings"]["collection"]["value"] == value
    assert ayllu("sources", "list", "--json").code == 0


def test_a_token_in_the_environment_is_no_setting(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_EMBEDDINGS_TOKEN", "hunter2")
    shown = ayllu("config", "show", "--json")
    assert shown.code == 0
    assert "hunter2" not in shown.out
