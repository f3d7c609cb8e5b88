"""What a stranger gets: the wheel, installed for real into an environment of its own, used from another folder."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from ayllu import __version__

ROOT = Path(__file__).resolve().parents[2]
BIN = "Scripts" if os.name == "nt" else "bin"


def run(*command: object, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    settled = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [str(word) for word in command], cwd=cwd, env={**settled, **env}, capture_output=True, text=True, check=False
    )


def uv() -> str:
    """The one of the environment that runs the tests, else any."""
    program = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert program is not None, "uv belongs to the dev extra"
    return program


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, so that neither an old `build/` nor the egg-info here can fill it."""
    copy, out = tmp_path_factory.mktemp("copy") / "ayllu-source", tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__"))
    here = ("--python", sys.executable, "--no-build-isolation", "--offline")  # with the setuptools of this environment
    built = run(uv(), "build", "--wheel", *here, "--out-dir", out, copy, cwd=out)
    assert built.returncode == 0, built.stdout + built.stderr
    (file,) = out.glob("*.whl")
    return file


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    rooms = [path.parent for path in ROOT.glob("[!.]*/__init__.py")]
    assert len(rooms) > 10
    files = [path for room in rooms for path in room.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    ours = [*files, *ROOT.glob("*.py"), ROOT / "py.typed", ROOT / "calibration.json"]
    inside = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert inside == {f"ayllu/{path.relative_to(ROOT).as_posix()}" for path in ours}


@pytest.mark.slow
def test_a_fresh_environment_runs_it_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    fresh, elsewhere = tmp_path / "fresh", tmp_path / "else where"
    elsewhere.mkdir()
    assert run(uv(), "venv", "--python", sys.executable, fresh, cwd=tmp_path).returncode == 0
    python = fresh / BIN / "python"
    constraints = ["--constraint", ROOT / "constraints.txt"] if (ROOT / "constraints.txt").exists() else []
    installed = run(uv(), "pip", "install", "--python", python, *constraints, wheel, cwd=tmp_path)
    assert installed.returncode == 0, installed.stderr

    ayllu, bare = fresh / BIN / "ayllu", {"AYLLU_HOME": str(tmp_path / "home"), "AYLLU_MODELS": str(tmp_path / "models")}
    version = run(ayllu, "--version", cwd=elsewhere, **bare)
    assert (version.returncode, version.stdout) == (0, f"ayllu {__version__}\n"), version.stderr
    doctor = run(ayllu, "doctor", "--json", cwd=elsewhere, **bare)
    assert doctor.returncode == 0, doctor.stderr
    checks = {check["name"]: check for check in json.loads(doctor.stdout)["checks"]}
    assert str(fresh) in checks["python"]["detail"]
    assert "ayllu models pull" in checks["models"]["mend"]
