import errno
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.app import requirements
from ayllu.cli.checks import Check, conversations, feedback
from ayllu.cli.checks import home as home_check
from ayllu.cli.context import CommandContext
from ayllu.cli.global_flags import GlobalFlags
from ayllu.cli.output import Output
from ayllu.conversations import Conversations
from ayllu.errors import AylluError
from ayllu.feedback import FeedbackLog
from ayllu.tests.exchanges import exchange

from .conftest import Ayllu


def test_a_bare_install_is_well_and_told_what_to_pull(
    ayllu: Ayllu, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "none"))
    result = ayllu("doctor", "--json")
    assert (result.code, result.json["ok"]) == (0, True)
    checks = {check["name"]: check for check in result.json["checks"]}
    assert list(checks) == [
        "python",
        "settings",
        "home",
        "disk",
        "models",
        "library",
        "store",
        "conversations",
        "feedback",
        "backend",
        "second_reader",
        "gpu",
        "extras",
    ]
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


def look(home: Path, check: Callable[[CommandContext], Check]) -> Check | AylluError:
    """What one check says of a home, by itself."""
    with CommandContext(GlobalFlags(home=home), Output(json=True)) as command:
        try:
            return check(command)
        except AylluError as error:
            return error


@pytest.mark.parametrize(
    ("file", "folder", "check"),
    [
        ("library", None, home_check),
        ("logs", None, home_check),
        (None, "library/library.sqlite", home_check),
        (None, "library/writer.lock", home_check),
        (None, "conversations.sqlite", home_check),
    ],
)
def test_what_stands_where_a_file_belongs_is_a_finding(
    home: Path, file: str | None, folder: str | None, check: object
) -> None:
    home.mkdir()
    obstacle = home / (file or folder or "")
    if file:
        obstacle.touch()
    else:
        obstacle.mkdir(parents=True)
    finding = look(home, check)
    assert isinstance(finding, AylluError)
    assert str(obstacle) in finding.message
    assert finding.hint.startswith("Move it away")


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.EROFS, "database_read_only"), (errno.ENOSPC, "disk_full"), (errno.EACCES, "database_read_only")],
)
def test_a_home_that_cannot_be_written_to_is_a_finding(
    home: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: str
) -> None:
    home.mkdir()
    assert look(home, home_check) == Check("home", True, f"{home} can be written to")
    assert list(home.iterdir()) == []

    def refuse(dir: Path) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    finding = look(home, home_check)
    assert isinstance(finding, AylluError)
    assert (finding.kind, str(home) in finding.message) == (kind, True)


@pytest.mark.parametrize(("name", "check"), [("conversations", conversations), ("feedback", feedback)])
def test_a_damaged_file_of_the_home_is_a_finding_that_names_it(home: Path, name: str, check: object) -> None:
    home.mkdir()
    file = home / f"{name}.sqlite"
    assert look(home, check) == Check(name, True, "none yet")
    assert not file.exists()
    with CommandContext(GlobalFlags(home=home), Output(json=True)) as command:
        assert getattr(command.app, name)
    assert look(home, check).ok
    with closing(sqlite3.connect(file)) as sql:
        sql.execute("CREATE TABLE filler (text)")
        sql.executemany("INSERT INTO filler VALUES (?)", [("x" * 500,)] * 200)
        sql.commit()
        page = sql.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'filler'").fetchone()[0]
    with file.open("r+b") as torn:
        torn.seek((page - 1) * 4096)
        torn.write(b"\xff" * 4096)
    finding = look(home, check)
    assert isinstance(finding, AylluError)
    assert f"{file} is damaged" in finding.message


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


def test_a_row_that_cannot_be_read_is_a_finding(home: Path) -> None:
    home.mkdir()
    log = FeedbackLog.open(home / "feedback.sqlite")
    log.rate(exchange(), person="ana", rating="up")
    log.close()
    kept = Conversations.open(home / "conversations.sqlite")
    kept.save(exchange())
    kept.close()
    for name, table, column in (("feedback", "events", "payload"), ("conversations", "messages", "body")):
        with closing(sqlite3.connect(home / f"{name}.sqlite")) as sql, sql:
            sql.execute(f"UPDATE {table} SET {column} = '{{'")
    for check, words in ((feedback, "1 event in"), (conversations, "1 answer in")):
        finding = look(home, check)
        assert isinstance(finding, Check)
        assert (finding.ok, words in finding.detail, bool(finding.mend)) == (False, True, True)
