"""The compose file says what ayllu's settings and its own launch line say."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from ayllu.backends.tgi import IMAGE
from ayllu.config import load

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def services() -> dict[str, Any]:
    composed = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))
    used = [volume.split(":")[0] for service in composed["services"].values() for volume in service["volumes"]]
    assert {name for name in used if not name.startswith("$")} <= set(composed["volumes"])
    return dict(composed["services"])


def test_ayllu_reads_its_environment_there(services: dict[str, Any], tmp_path: Path) -> None:
    environ = {key: str(value) for key, value in services["ayllu"]["environment"].items()}
    settings = load(tmp_path / "none.toml", environ=environ).settings
    assert settings.backend == "tgi"
    tgi, chroma = urlsplit(settings.backends["tgi"].url), urlsplit(settings.store.removeprefix("chroma+"))
    for where, service in ((tgi, "tgi"), (chroma, "chroma")):
        assert where.hostname == service
        assert services["ayllu"]["depends_on"][service] == {"condition": "service_healthy"}
        assert [port.rsplit(":", 1)[1] for port in services[service]["ports"]] == [str(where.port)]
    token = settings.backends["tgi"].token_env
    assert environ[token] == services["tgi"]["environment"]["API_KEY"]
    assert environ[token].startswith("${TGI_TOKEN:?")  # no secret, and no start without one


def test_it_listens_on_this_machine_only_and_reports_to_nobody(services: dict[str, Any]) -> None:
    for name in ("tgi", "chroma"):
        assert all(port.startswith("127.0.0.1:") for port in services[name]["ports"])
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert services["chroma"]["environment"]["ANONYMIZED_TELEMETRY"] == "False"
    command = services["tgi"]["command"]
    assert command[command.index("--usage-stats") + 1] == "off"
    assert services["tgi"]["image"] == IMAGE
    (gpu,) = services["tgi"]["deploy"]["resources"]["reservations"]["devices"]
    assert gpu["capabilities"] == ["gpu"]


def test_what_the_image_is_built_from_is_here(services: dict[str, Any]) -> None:
    build = services["ayllu"]["build"]
    assert (ROOT / "deploy" / build["context"]).resolve() == ROOT
    dockerfile = (ROOT / build["dockerfile"]).read_text("utf-8")
    assert "constraints-tgi.txt" in dockerfile
    assert (ROOT / "constraints-tgi.txt").is_file()
