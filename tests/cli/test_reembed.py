"""`ayllu sources reembed`: a changed embedder is refused by the ingest, and changed over by this."""

import time
from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


def test_a_changed_embedder_is_refused_until_the_library_is_embedded_anew(
    ayllu: Ayllu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "ferry.txt"
    document.write_text("The ferry to Tequilla leaves at 7:45.")
    before = ayllu("ingest", document, "--json").json
    assert before["documents"] == 1
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", "hashing")
    refused = ayllu("ingest", document, "--json")
    assert (refused.code, refused.json["kind"]) == (1, "embedder_changed")
    assert "ayllu sources reembed --collection documents" in refused.json["hint"]
    results = ayllu("search", "ferry", "--mode", "dense", "--json")
    assert (results.code, len(results.json["results"])) == (0, 1)
    assert "is searched with" in results.err
    assert ayllu("sources", "verify", "--json").code == 1
    done = ayllu("sources", "reembed", "--json")
    (report,) = done.json["collections"]
    assert (done.code, report["collection"], report["chunks"], report["complete"]) == (0, "documents", 1, True)
    assert ayllu("sources", "verify", "--json").json["problems"] == []
    assert ayllu("ingest", document, "--json").json["unchanged"] == 1
    assert ayllu("sources", "reembed", "--json").json == {"collections": [], "interrupted": False}


@pytest.mark.slow
def test_it_goes_on_in_the_background(ayllu: Ayllu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = tmp_path / "ferry.txt"
    document.write_text("The ferry to Tequilla leaves at 7:45.")
    ayllu("ingest", document, "--json")
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", "hashing")
    assert ayllu("sources", "reembed", "--background", "--json").json["background"] is True
    deadline = time.monotonic() + 60
    while ayllu("sources", "verify", "--json").json["problems"]:
        assert time.monotonic() < deadline, "nothing was embedded anew"
        time.sleep(0.2)
