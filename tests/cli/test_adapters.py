"""`ayllu adapters`: what is listed, put to work, taken back, collected and written out."""

from pathlib import Path

import pytest
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.feedback import FeedbackLog
from ayllu.tests.exchanges import exchange
from filelock import FileLock

from .conftest import Ayllu

BASE = "smollm2-135m-instruct"


@pytest.fixture
def registry(home: Path) -> AdapterRegistry:
    """Five adapters, `a1` to `a5`; `a1` was in use and `a2` is."""
    registry = AdapterRegistry(home / "adapters")
    for at in range(1, 6):
        files = home / f"a{at}.whole"
        files.mkdir(parents=True)
        (files / "adapter.gguf").write_bytes(b"GGUF" + b"x" * 996)
        adapter = Adapter(f"a{at}", BASE, "b" * 64, "d" * 64, "sft", f"2026-01-0{at}T00:00:00+00:00", events=at)
        registry.add(adapter, files)
    registry.promote("a1")
    registry.promote("a2")
    return registry


def test_the_list_shows_size_state_and_lineage(ayllu: Ayllu, registry: AdapterRegistry) -> None:
    first, *_, last = ayllu("adapters", "list", "--json").json["adapters"]
    assert (first["adapter_id"], first["state"], first["events"], first["dataset_sha256"]) == ("a1", "retired", 1, "d" * 64)
    assert first["size_bytes"] > 1000
    assert last["parent"] is None
    assert "promoted" in ayllu("adapters", "list").out


def test_collection_leaves_what_is_needed_and_says_what_it_frees(
    ayllu: Ayllu, home: Path, registry: AdapterRegistry
) -> None:
    log = FeedbackLog.open(home / "feedback.sqlite")
    log.rate(exchange(answered={"adapter": "a3"}), person="ana", rating="up")
    log.close()
    (home / "adapters" / ".work" / "a9.whole").mkdir(parents=True)
    (home / "adapters" / ".work" / "a9.whole" / "adapter.gguf").write_bytes(b"x" * 500)
    would = ayllu("adapters", "gc", "--keep", "1", "--days", "0", "--dry-run", "--json").json
    assert [adapter["adapter_id"] for adapter in would["removed"]] == ["a4"]  # a3 has feedback, a5 is the newest
    assert [leftover["bytes"] for leftover in would["leftovers"]] == [500]
    assert len(registry.list()) == 5
    done = ayllu("adapters", "gc", "--keep", "1", "--days", "0", "--json").json
    assert done == {**would, "dry_run": False}
    assert done["bytes"] > 1500
    assert [adapter.adapter_id for adapter in registry.list()] == ["a1", "a2", "a3", "a5"]
    assert not (home / "adapters" / ".work" / "a9.whole").exists()
    assert "0 adapters and 0 leftovers gone" in ayllu("adapters", "gc", "--keep", "1").out


def test_nothing_is_collected_while_another_process_learns(ayllu: Ayllu, home: Path, registry: AdapterRegistry) -> None:
    with FileLock(home / "adapters" / ".learning"):
        result = ayllu("adapters", "gc", "--keep", "0", "--json")
    assert (result.code, result.json["kind"]) == (1, "busy")
    assert len(registry.list()) == 5


def test_rollback_to_one_further_back(ayllu: Ayllu, registry: AdapterRegistry) -> None:
    assert ayllu("adapters", "rollback", "--to", "a9", "--json").json["kind"] == "usage"
    assert ayllu("adapters", "rollback", "--to", "none", "--json").json["adapter_id"] is None
    assert registry.active(BASE) is None


@pytest.fixture
def peft_alone(home: Path, registry: AdapterRegistry) -> Path:
    """The folder of an adapter that llama.cpp does not load."""
    files = home / "p1.whole" / "peft"
    files.mkdir(parents=True)
    (files / "adapter_model.safetensors").write_bytes(b"x")
    adapter = Adapter("p1", "org/model", "b" * 64, "d" * 64, "sft", "2026-01-09T00:00:00+00:00", settings={"rank": 16})
    registry.add(adapter, home / "p1.whole")
    return registry.folder / "p1" / "peft"


def test_an_adapter_that_the_backend_in_use_does_not_load_is_not_promoted(
    ayllu: Ayllu, registry: AdapterRegistry, peft_alone: Path
) -> None:
    result = ayllu("adapters", "promote", "p1", "--json")
    assert (result.code, result.json["kind"]) == (2, "usage")
    assert "PEFT's form alone" in result.json["error"]
    assert "vLLM" in result.json["hint"]
    assert registry.active("org/model") is None


def test_an_adapter_is_promoted_for_a_server_and_taken_back_with_what_is_to_do(
    ayllu: Ayllu, home: Path, registry: AdapterRegistry, peft_alone: Path
) -> None:
    (home / "config.toml").write_text('backend = "tgi"\n[backends.tgi]\nmodel = "org/model"\n')
    promoted = ayllu("adapters", "promote", "p1", "--json").json
    assert (promoted["state"], promoted["forms"]) == ("promoted", ["peft"])
    assert f"LORA_ADAPTERS=p1={peft_alone}" in promoted["notes"][0]
    assert 'adapter = "p1"' in promoted["notes"][0]
    listed = ayllu("adapters", "list", "--json").json["adapters"]
    assert [adapter["state"] for adapter in listed if adapter["adapter_id"] == "p1"] == ["promoted"]
    back = ayllu("adapters", "rollback", "--json").json
    assert (back["base"], back["adapter_id"]) == ("org/model", None)
    assert registry.active("org/model") is None
    assert registry.active(BASE) is not None  # of another model
    (home / "config.toml").write_text('backend = "vllm"\n[backends.vllm]\nbase = "org/model"\n')
    (note,) = ayllu("adapters", "promote", "p1", "--json").json["notes"]
    assert "--max-lora-rank 16" in note
    assert "VLLM_ALLOW_RUNTIME_LORA_UPDATING" in note


@pytest.mark.parametrize("words", [("promote", "../a1"), ("export", "../a1", "-o", "out"), ("compare", "a1", "../a2")])
def test_an_id_that_is_a_path_is_not_found(ayllu: Ayllu, registry: AdapterRegistry, words: tuple[str, ...]) -> None:
    result = ayllu("adapters", *words, "--json")
    assert (result.code, result.json["kind"]) == (1, "not_found")


def test_a_damaged_registry_is_said_with_the_way_out(ayllu: Ayllu, home: Path, registry: AdapterRegistry) -> None:
    (home / "adapters" / "active.json").write_text("{torn")
    result = ayllu("adapters", "list", "--json")
    assert (result.code, result.json["kind"]) == (1, "registry_damaged")
    assert "Delete it" in result.json["hint"]
    assert ayllu("feedback", "stats").code == 0  # what does not need it goes on


def test_the_gguf_adapter_is_written_into_a_new_folder(ayllu: Ayllu, registry: AdapterRegistry, tmp_path: Path) -> None:
    done = ayllu("adapters", "export", "a2", "-o", tmp_path / "out", "--json").json
    assert done == {
        "adapter_id": "a2",
        "format": "gguf",
        "path": str(tmp_path / "out"),
        "files": ["adapter.gguf"],
        "bytes": 1000,
    }
    again = ayllu("adapters", "export", "a2", "-o", tmp_path / "out", "--json")
    assert again.code == 2
    assert f"{tmp_path / 'out'} is there already" in again.json["error"]


def test_an_export_that_cannot_be_says_why(ayllu: Ayllu, registry: AdapterRegistry, tmp_path: Path) -> None:
    untuned = ayllu("adapters", "export", "none", "-o", tmp_path / "out", "--json")
    assert "only the base" in untuned.json["error"]
    gone = ayllu("adapters", "export", "a2", "-o", tmp_path / "out", "--format", "peft", "--json")
    assert "adapter_config.json" in gone.json["error"]
    elsewhere = ayllu(
        "adapters", "export", "a2", "-o", tmp_path / "out", "--format", "merged", "--base", "no/where", "--json"
    )
    assert "no/where is not there" in elsewhere.json["error"]
    assert not (tmp_path / "out").exists()
