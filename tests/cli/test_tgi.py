"""`ayllu tgi` with a stand-in for the container engine: a script on PATH that keeps its arguments and answers as told."""

import http.server
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.backends import open_backend
from ayllu.backends.tgi import IMAGE
from ayllu.config import Settings
from ayllu.errors import ExtraMissing
from ayllu.models import ModelStore

from .conftest import Ayllu

SCRIPT = """#!/bin/sh
{ for word in "$@"; do printf '%s\\n' "$word"; done; printf 'API_KEY is %s\\n--\\n' "$API_KEY"; } >> "$ENGINE_LOG"
case "$1" in
  info) exit "${ENGINE_INFO:-0}" ;;
  image) exit "${ENGINE_IMAGE:-0}" ;;
  container) [ -f "$ENGINE_LOG.runs" ] && cat "$ENGINE_LOG.runs" || exit 1 ;;
  run) echo true > "$ENGINE_LOG.runs" ;;
  logs) echo "loading shards"; echo "CUDA out of memory" >&2 ;;
  stop|rm) rm -f "$ENGINE_LOG.runs" ;;
esac
"""


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is all of PATH but for the shell's own tools."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in ("sh", "cat", "rm"):
        places = [Path(place) / tool for place in os.defpath.split(":") if place]
        (folder / tool).symlink_to(next(place for place in places if place.exists()))
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def install(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def script(name: str, text: str = SCRIPT) -> None:
        (path / name).write_text(text)
        (path / name).chmod(0o755)

    monkeypatch.setenv("ENGINE_LOG", str(tmp_path / "engine.log"))
    return script


@pytest.fixture
def engine_log(tmp_path: Path) -> Path:
    return tmp_path / "engine.log"


@pytest.fixture
def tgi(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server that is healthy at the second look; its port."""
    looks: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            looks.append(self.path)
            loaded = looks.count("/health") > 1
            body = {"/info": b'{"model_id": "org/name", "max_total_tokens": 4096}', "/metrics": b"tgi_queue_size 1\n"}
            self.send_response(200 if loaded else 503)
            self.end_headers()
            self.wfile.write(body.get(self.path, b""))

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1]
        server.shutdown()


def test_command_gives_the_line_and_runs_nothing(ayllu: Ayllu, install: Callable[..., None], engine_log: Path) -> None:
    install("docker")
    result = ayllu("tgi", "command", "org/name", "--quantize", "awq", "--json")
    assert result.code == 0
    assert set(result.json) == {"command", "env", "url", "notes"}
    assert result.json["command"][:2] == ["docker", "run"]
    assert result.json["command"][-6:] == ["--model-id", "org/name", "--quantize", "awq", "--usage-stats", "off"]
    assert not engine_log.exists()
    assert "text-generation-launcher --hostname 127.0.0.1" in ayllu("tgi", "command", "org/name", "--launcher").out


def test_an_adapter_of_ours_is_named_by_its_id(ayllu: Ayllu, home: Path) -> None:
    registry = AdapterRegistry(home / "adapters")
    files = home / "new"
    (files / "peft").mkdir(parents=True)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (files / "peft" / name).write_text("{}")
    registry.add(Adapter("a2026", "base", "", "", "sft", "2026-01-01"), files)
    result = ayllu("tgi", "command", "org/name", "--adapter", "a2026", "--json")
    assert f"{home}/adapters/a2026/peft:/adapters/a2026:ro" in result.json["command"]
    assert "LORA_ADAPTERS=a2026=/adapters/a2026" in result.json["command"]
    missing = ayllu("tgi", "command", "org/name", "--adapter", "a1", "--json")
    assert (missing.code, missing.json["kind"]) == (1, "not_found")


@pytest.mark.parametrize("model", ["x; rm -rf ~", "../../etc", "--", "org/name --privileged", "\x1b[31m"])
def test_hostile_names_are_refused(ayllu: Ayllu, model: str) -> None:
    result = ayllu("tgi", "command", f"--model={model}", "--json")
    assert (result.code, result.json["kind"]) == (2, "usage")


def test_the_settings_name_model_and_token(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_BACKENDS__TGI__MODEL", "org/mine")
    monkeypatch.setenv("AYLLU_BACKENDS__TGI__TOKEN_ENV", "MY_TOKEN")
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    result = ayllu("tgi", "command", "--json")
    assert result.json["env"] == {"API_KEY": "$MY_TOKEN"}
    assert "org/mine" in result.json["command"]
    assert "s3cret" not in result.out + result.err


def test_up_starts_it_waits_and_says_how_to_use_it(
    ayllu: Ayllu, install: Callable[..., None], engine_log: Path, tgi: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("docker")
    install("nvidia-smi", "#!/bin/sh\n")
    monkeypatch.setenv("AYLLU_BACKENDS__TGI__TOKEN_ENV", "MY_TOKEN")
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    result = ayllu("tgi", "up", "org/name", "--port", tgi, "--json")
    assert result.code == 0, result.out
    assert result.json["healthy"] is True
    ran = next(call for call in engine_log.read_text().split("--\n") if call.startswith("run\n"))
    assert ran.splitlines()[:-1] == result.json["command"][1:]
    assert ran.splitlines()[-1] == "API_KEY is s3cret"  # by the environment alone
    again = ayllu("tgi", "up", "org/name", "--port", tgi, "--json")
    assert (again.code, again.json["started"]) == (0, False)
    assert f'url = "http://127.0.0.1:{tgi}"' in ayllu("tgi", "up", "org/name", "--port", tgi).out


def test_up_says_what_is_missing(
    ayllu: Ayllu, install: Callable[..., None], engine_log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = ayllu("tgi", "up", "org/name", "--json")
    assert (nothing.code, nothing.json["kind"]) == (1, "engine_failed")
    assert "docker nor podman" in nothing.json["error"]
    install("podman")
    assert "no NVIDIA GPU" in ayllu("tgi", "up", "org/name", "--json").json["error"]
    install("nvidia-smi", "#!/bin/sh\n")
    monkeypatch.setenv("ENGINE_IMAGE", "1")
    absent = ayllu("tgi", "up", "org/name", "--json")
    assert IMAGE in absent.json["error"]
    assert f"podman pull {IMAGE}" in absent.json["hint"]
    monkeypatch.setenv("ENGINE_INFO", "1")
    assert "does not answer" in ayllu("tgi", "up", "org/name", "--json").json["error"]
    assert "run\n" not in engine_log.read_text()


def test_a_server_that_ends_while_it_loads_is_told_with_its_last_words(
    ayllu: Ayllu, install: Callable[..., None], engine_log: Path
) -> None:
    install("docker", SCRIPT.replace('run) echo true > "$ENGINE_LOG.runs" ;;', 'run) echo false > "$ENGINE_LOG.runs" ;;'))
    result = ayllu("tgi", "up", "org/name", "--port", 9, "--gpus", "none", "--json")
    assert result.code == 1
    assert "CUDA out of memory" in result.json["error"]


def test_waiting_is_bounded(ayllu: Ayllu, install: Callable[..., None]) -> None:
    install("docker")
    result = ayllu("tgi", "up", "org/name", "--port", 9, "--gpus", "none", "--wait", 0, "--json")
    assert (result.code, result.json["kind"]) == (1, "tgi_not_up")
    assert "not loaded within 0 s" in result.json["error"]


def test_status_logs_and_down(
    ayllu: Ayllu, install: Callable[..., None], engine_log: Path, tgi: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("docker")
    monkeypatch.setenv("AYLLU_BACKENDS__TGI__URL", f"http://127.0.0.1:{tgi}")
    loading = ayllu("tgi", "status", "--json")
    assert (loading.code, loading.json["healthy"], loading.json["container"]) == (1, False, "absent")
    assert "not ready" in loading.json["error"]
    up = ayllu("tgi", "status", "--json")
    assert (up.code, up.json["info"]["max_total_tokens"], up.json["load"]["queue"]) == (0, 4096, 1)
    none = ayllu("tgi", "logs", "--json")
    assert (none.code, none.json["kind"]) == (1, "not_found")
    Path(f"{engine_log}.runs").write_text("true\n")
    assert ayllu("tgi", "logs", "--json").json["lines"] == ["loading shards", "CUDA out of memory"]
    assert ayllu("tgi", "down", "--json").json == {"container": "ayllu-tgi", "stopped": True}
    assert ayllu("tgi", "down", "--json").json["stopped"] is False
    monkeypatch.setenv("ENGINE_INFO", "1")
    assert ayllu("tgi", "status", "--json").json["container"] is None
    assert "does not answer" in ayllu("tgi", "down", "--json").json["error"]
    acted = [call.split("\n") for call in engine_log.read_text().split("--\n") if call.startswith(("stop", "rm", "logs"))]
    assert {words[-3] for words in acted} == {"ayllu-tgi"}  # before what the script adds


def test_beside_transformers_5_the_extra_is_not_installed(ayllu: Ayllu) -> None:
    result = ayllu("setup", "tgi", "--yes", "--json")
    assert (result.code, result.json["kind"]) == (1, "setup_failed")
    assert "environment of its own" in result.json["error"]
    assert "make setup-tgi" in result.json["hint"]


def test_without_the_extra_the_backend_names_it(models: ModelStore) -> None:
    with pytest.raises(ExtraMissing) as error:
        open_backend("tgi", Settings(), models)
    assert "ayllu setup tgi" in error.value.hint


def test_nobody_at_the_address_is_a_status_too(ayllu: Ayllu, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AYLLU_BACKENDS__TGI__URL", "http://127.0.0.1:9")
    result = ayllu("tgi", "status", "--json")
    assert (result.code, result.json["healthy"], result.json["container"]) == (1, False, None)
    assert result.json["hint"]
