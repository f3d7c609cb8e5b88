"""F9: what learning needs is said at once, and installed when told to."""

import os
from pathlib import Path

import psutil
import pytest
from ayllu.tui.confirm import ConfirmScreen

from .conftest import Home
from .driver import WIDE, notices, screen_text, shown, text_of, until

MISSING = ("torch>=2", "peft>=0.21")


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installer that writes its arguments to the file returned, and fails where a file `fails` lies beside it."""
    folder, seen = tmp_path / "bin", tmp_path / "seen"
    folder.mkdir()
    program = folder / "uv"
    program.write_text(
        f'#!/bin/sh\npwd >> {seen}; echo "$@" >> {seen}\necho "[red]no space\x1b[2J left"\ntest ! -e {folder}/fails\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return seen


async def test_what_is_missing_is_said_with_its_size_and_a_no_names_the_command(home: Home, uv: Path) -> None:
    home.keep("s1")
    async with home.app("s1", missing=MISSING).run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen) and "peft" in screen_text(pilot.app))
        assert "about 0.4 GB, 1.6 GB on disk" in screen_text(pilot.app)
        await pilot.press("n")
        await until(pilot, lambda: "`ayllu setup train`" in text_of(pilot.app, "#activity"))
    assert not uv.exists()


async def test_a_yes_installs_it_and_learns(home: Home, uv: Path) -> None:
    home.keep("s1")
    async with home.app("s1", missing=MISSING[1:]).run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "Promoted:" in text_of(pilot.app, "#activity"))
    folder, arguments = uv.read_text("utf-8").splitlines()
    assert Path(folder) != Path.cwd()
    assert arguments.startswith("pip install --python ")
    assert arguments.endswith(" peft>=0.21")


async def test_an_installer_that_fails_says_why_with_the_command(home: Home, uv: Path) -> None:
    home.keep("s1")
    (uv.parent / "bin" / "fails").touch()
    async with home.app("s1", missing=MISSING).run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))
        await pilot.press("y")
        await until(pilot, lambda: "could not be installed: [red]no space left" in text_of(pilot.app, "#activity"))
        assert any('"peft>=0.21"' in text for text in notices(pilot.app))
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmScreen))


async def test_leaving_ends_the_learning(home: Home, tmp_path: Path) -> None:
    started = tmp_path / "started"
    learns = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    home.keep("s1")
    async with home.app("s1", learns=learns).run_test(size=WIDE) as pilot:
        await shown(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: started.exists() and bool(started.read_text("utf-8")))
        await pilot.press("f9")
        await until(pilot, lambda: any("learning already" in text for text in notices(pilot.app)))
        await pilot.press("ctrl+q")
    assert not psutil.pid_exists(int(started.read_text("utf-8")))
