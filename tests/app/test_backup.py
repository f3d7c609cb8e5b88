"""The home in one file and back: whole or not at all, whatever the file holds and whenever it is cut off."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.app.backup import MANIFEST, BackupFailed, write_backup
from ayllu.app.restore import HomeInUse, finish_restore, restore_backup
from ayllu.conversations import Conversations
from ayllu.errors import UsageError
from ayllu.paths import Paths
from ayllu.retrieval import HashingEmbedder, Library

TEXT = "Copper melts at 1085 degrees Celsius."


def paths_of(home: Path) -> Paths:
    return Paths(home, home.parent / "models", home / "config.toml")


def fill(paths: Paths, document: Path) -> None:
    document.write_text(TEXT)
    with Library.open(paths.library, HashingEmbedder()) as library:
        library.ingest([str(document)], collection="c")
    conversations = Conversations.open(paths.conversations)
    conversations.close()
    (paths.adapters / "a1").mkdir(parents=True)
    (paths.adapters / "a1" / "adapter.gguf").write_bytes(b"\x00weights")
    (paths.adapters / "active.json").write_text("{}")
    (paths.adapters / ".learning").touch()
    paths.log.parent.mkdir()
    paths.log.write_text("a secret question")
    paths.config.write_text('backend = "llamacpp"\n')


@pytest.fixture
def home(tmp_path: Path) -> Paths:
    paths = paths_of(tmp_path / "home")
    fill(paths, tmp_path / "metals.txt")
    return paths


@pytest.fixture
def file(home: Paths, tmp_path: Path) -> Path:
    file = tmp_path / "kept.tar.gz"
    write_backup(home, file)
    return file


def texts(paths: Paths, query: str = "copper") -> list[str]:
    with Library.open(paths.library, HashingEmbedder()) as library:
        return [passage.text for passage in library.search(query, collection="c")]


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_brings_back_all_that_was_kept_and_nothing_else(home: Paths, file: Path, tmp_path: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    other = paths_of(tmp_path / "other")
    restored = restore_backup(other, file, replace=False)
    assert restored.aside is None
    assert texts(other) == [TEXT]
    assert other.config.read_text() == home.config.read_text()
    assert (other.adapters / "a1" / "adapter.gguf").read_bytes() == b"\x00weights"
    assert not other.log.exists()
    assert not (other.adapters / ".learning").exists()
    assert not other.restoring.exists()


def test_what_is_written_while_it_is_copied_does_not_tear_it(home: Paths, tmp_path: Path) -> None:
    with Library.open(home.library, HashingEmbedder()) as library, library.writing():
        file = tmp_path / "kept.tar.gz"
        write_backup(home, file)
    other = paths_of(tmp_path / "other")
    restore_backup(other, file, replace=False)
    assert texts(other) == [TEXT]


def test_a_home_that_holds_something_is_moved_aside_and_only_when_that_is_wanted(
    home: Paths, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "tin.txt").write_text("Tin melts at 232 degrees.")
    with Library.open(home.library, HashingEmbedder()) as library:
        library.ingest([str(tmp_path / "tin.txt")], collection="c")
    before = texts(home, "tin")
    with pytest.raises(UsageError, match="holds something"):
        restore_backup(home, file, replace=False)
    assert texts(home, "tin") == before
    restored = restore_backup(home, file, replace=True)
    assert texts(home) == [TEXT]
    assert restored.aside is not None
    aside = Paths(restored.aside, home.models, restored.aside / "config.toml")
    assert texts(aside, "tin") == before


def test_what_another_process_works_with_is_not_replaced(home: Paths, file: Path) -> None:
    program = (
        "import sqlite3, sys; base = sqlite3.connect(sys.argv[1]); base.execute('SELECT 1 FROM sqlite_master');"
        " print(flush=True); input()"
    )
    before = texts(home)
    with subprocess.Popen(
        [sys.executable, "-c", program, str(home.conversations)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as chat:
        assert chat.stdout is not None
        chat.stdout.readline()
        with pytest.raises(HomeInUse, match=f"Process {chat.pid}"):
            restore_backup(home, file, replace=True)
        chat.communicate(b"\n")
    assert texts(home) == before
    assert list(home.home.glob("before-restore-*")) == []
    assert not home.restoring.exists()


def test_nothing_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="nothing in"):
        write_backup(paths_of(tmp_path / "empty"), tmp_path / "kept.tar.gz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("renames", range(8))
def test_a_restore_that_is_cut_off_is_ended_by_the_next_start(
    home: Paths, file: Path, renames: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, left = Path.rename, [renames]

    def cut_off(path: Path, target: Path) -> Path:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore_backup(home, file, replace=True)
    if home.restoring.exists():
        assert finish_restore(home)
    assert texts(home) == [TEXT]
    assert not home.restoring.exists()
    assert finish_restore(home) == ""
    (aside,) = home.home.glob("before-restore-*")
    assert texts(Paths(aside, home.models, aside / "config.toml")) == [TEXT]


def entries(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}


def rewrite(file: Path, contents: dict[str, bytes], links: dict[str, str] | None = None) -> None:
    with tarfile.open(file, "w:gz") as archive:
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
        for name, content in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def replace_manifest(file: Path, **fields: object) -> None:
    contents = entries(file)
    manifest = json.loads(contents.pop(MANIFEST)) | fields
    rewrite(file, {**contents, MANIFEST: json.dumps(manifest).encode()})


def damage_database(file: Path) -> None:
    import hashlib

    contents = entries(file)
    name = "home/library/library.sqlite"
    contents[name] = contents[name][:4096] + bytes(len(contents[name]) - 4096)
    manifest = json.loads(contents.pop(MANIFEST))
    for member in manifest["files"]:
        if member["name"] == name:
            member["sha256"] = hashlib.sha256(contents[name]).hexdigest()
    rewrite(file, {**contents, MANIFEST: json.dumps(manifest).encode()})


HOSTILE: dict[str, tuple[Callable[[Path], object], str]] = {
    "cut off": (lambda file: file.write_bytes(file.read_bytes()[:-200]), "cut off"),
    "no archive": (lambda file: file.write_bytes(b"hello"), "something else"),
    "empty": (lambda file: file.write_bytes(b""), "something else"),
    "no list": (lambda file: rewrite(file, {k: v for k, v in entries(file).items() if k != MANIFEST}), "cut off"),
    "a changed byte": (lambda file: rewrite(file, entries(file) | {"home/adapters/active.json": b"[]"}), "not those"),
    "a file more": (lambda file: rewrite(file, {"home/adapters/a2/x": b"x", **entries(file)}), "not those"),
    "a path out": (lambda file: rewrite(file, {"home/adapters/../../../escaped": b"x", **entries(file)}), "which no backup"),
    "an absolute path": (lambda file: rewrite(file, {"/tmp/escaped": b"x", **entries(file)}), "which no backup"),
    "a link": (lambda file: rewrite(file, entries(file), {"home/adapters/a1": "/etc"}), "which no backup"),
    "a later version": (lambda file: replace_manifest(file, format=99, version="9.0"), "later than this"),
    "a list of nonsense": (lambda file: replace_manifest(file, files=[1]), "list of files"),
    "a damaged database": (damage_database, "damaged"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_whole_backup_changes_nothing(kind: str, home: Paths, file: Path, tmp_path: Path) -> None:
    spoil, reason = HOSTILE[kind]
    spoil(file)
    shutil.rmtree(home.log.parent)
    before = files_below(home.home)
    with pytest.raises(BackupFailed, match=reason):
        restore_backup(home, file, replace=True)
    assert files_below(home.home) == before
    assert not (tmp_path / "escaped").exists()
