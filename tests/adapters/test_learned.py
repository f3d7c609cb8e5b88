"""What was learned beside the weights stands in the adapter's folder; what cannot be read is as if it were not there."""

import json
from pathlib import Path

import pytest
from ayllu.adapters import AdapterRegistry, LearnedExtras, read_learned, write_learned

# As 0.1.0 wrote them.
ENTRY = {
    "adapter_id": "a202601010000001a2b",
    "base": "smollm2-135m-instruct",
    "base_sha256": "b" * 64,
    "dataset_sha256": "d" * 64,
    "method": "sft",
    "created_at": "2026-01-01T00:00:00+00:00",
    "parent": None,
    "settings": {"rank": 16, "epochs": 1},
    "metrics": {"metric": "f1", "before": 0.2, "after": 0.5, "interval": [0.1, 0.5]},
    "reason": "Promoted: f1 went from 0.200 to 0.500.",
    "events": 60,
    "promoted_at": "2026-01-01T00:10:00+00:00",
}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_learned(tmp_path, LearnedExtras(0.41, asks=True, declines=True))
    assert read_learned(tmp_path) == LearnedExtras(0.41, asks=True, declines=True)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"threshold": "high"}', '{"threshold": NaN}', '{"threshold": 7}'])
def test_a_damaged_file_is_logged_and_counts_as_none(tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str) -> None:
    (tmp_path / "learnt.json").write_text(text)
    assert read_learned(tmp_path) == LearnedExtras()
    assert "learnt.json cannot be read" in caplog.text


def test_without_an_adapter_nothing_was_learned(tmp_path: Path) -> None:
    assert read_learned(None) == read_learned(tmp_path) == LearnedExtras()


def test_a_threshold_is_a_probability() -> None:
    with pytest.raises(ValueError, match="no probability"):
        LearnedExtras(1.5)


def test_an_adapter_of_the_version_before_goes_on_at_work(tmp_path: Path) -> None:
    folder = tmp_path / ENTRY["adapter_id"]
    folder.mkdir()
    (folder / "entry.json").write_text(json.dumps(ENTRY))
    (folder / "adapter.gguf").write_bytes(b"GGUF")
    (folder / "learnt.json").write_text('{"threshold": 0.37, "asks": true, "declines": false}')
    (tmp_path / "active.json").write_text(json.dumps({ENTRY["base"]: [None, ENTRY["adapter_id"]]}))
    registry = AdapterRegistry(tmp_path)
    active = registry.active(ENTRY["base"])
    assert active is not None
    assert (active.adapter_id, active.state, active.events) == (ENTRY["adapter_id"], "promoted", 60)
    assert registry.corrections_learned() == 60
    assert read_learned(registry.path(active.adapter_id).parent) == LearnedExtras(0.37, asks=True)
