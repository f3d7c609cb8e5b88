"""The registry of adapters: promotion, rollback, collection, and what a kill leaves."""

import json
from pathlib import Path

import pytest
from ayllu.errors import NotFound, UsageError
from ayllu.models import Adapter, AdapterRegistry, Pinned


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    return AdapterRegistry(tmp_path / "adapters")


def add(registry: AdapterRegistry, tmp_path: Path, name: str) -> str:
    files = tmp_path / f"{name}.whole"
    files.mkdir()
    (files / "adapter.gguf").write_bytes(b"GGUF")
    registry.add(Adapter(name, "base", "b" * 64, "d" * 64, "sft", "2026-01-01T00:00:00+00:00"), files)
    return name


def test_an_adapter_goes_to_work_and_is_taken_back(registry: AdapterRegistry, tmp_path: Path) -> None:
    one, two = add(registry, tmp_path, "a1"), add(registry, tmp_path, "a2")
    assert registry.active("base") is None
    registry.promote(one)
    registry.promote(two)
    assert [(known.adapter_id, known.state) for known in registry.list()] == [(one, "retired"), (two, "promoted")]
    back = registry.rollback("base")
    assert back is not None
    assert back.adapter_id == one
    assert registry.rollback("base") is None
    assert registry.active("base") is None
    with pytest.raises(UsageError, match="No adapter is in use"):
        registry.rollback("base")


def test_collection_leaves_what_is_in_use_was_in_use_or_is_kept(registry: AdapterRegistry, tmp_path: Path) -> None:
    for name in ("a1", "a2", "a3", "a4"):
        add(registry, tmp_path, name)
    registry.promote("a1")
    registry.promote("a2")
    assert registry.collect(keep=["a3"]) == ["a4"]
    assert [one.adapter_id for one in registry.list()] == ["a1", "a2", "a3"]


def test_half_written_folders_are_not_adapters(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    (registry.folder / "a2").mkdir()
    (registry.folder / "a3").mkdir()
    (registry.folder / "a3" / "entry.json").write_text('{"adapter_id": "a3"')
    assert [one.adapter_id for one in registry.list()] == ["a1"]
    with pytest.raises(NotFound, match="a2"):
        registry.promote("a2")


def test_an_adapter_whose_file_is_gone_is_neither_promoted_nor_used(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    registry.promote("a1")
    registry.path("a1").unlink()
    assert registry.active("base") is None
    with pytest.raises(UsageError, match=r"no adapter\.gguf"):
        registry.promote("a1")


def test_what_is_in_use_is_one_file_written_whole(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    registry.promote("a1")
    assert json.loads((registry.folder / "active.json").read_text()) == {"base": [None, "a1"]}
    assert sorted(path.name for path in registry.folder.iterdir()) == [".lock", "a1", "active.json"]


def test_a_pinned_adapter_is_in_use_for_every_base(tmp_path: Path) -> None:
    assert Pinned(None).active("base") is None
    active = Pinned("a9", tmp_path / "x.gguf").active("base")
    assert active is not None
    assert active.adapter_id == "a9"
