"""Which adapter a backend works with: the promoted one, unless it was refused or nobody can say which it is."""

from pathlib import Path

import pytest
from ayllu.adapters import Adapter, AdapterRegistry
from ayllu.backends.promoted import PromotedAdapter


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    registry = AdapterRegistry(tmp_path / "adapters")
    for name in ("a1", "a2"):
        files = tmp_path / name
        files.mkdir()
        (files / "adapter.gguf").write_bytes(b"GGUF")
        registry.add(Adapter(name, "base", "", "", "sft", "2026-01-01T00:00:00+00:00"), files)
    return registry


def test_it_is_the_promoted_one_of_its_own_base(registry: AdapterRegistry) -> None:
    ours, other = PromotedAdapter(registry, "base", None), PromotedAdapter(registry, "another base", None)
    assert ours.wanted() is None
    registry.promote("a1")
    assert (ours.wanted(), other.wanted()) == ("a1", None)
    assert ours.folder("a1") == registry.path("a1").parent
    assert ours.folder(None) is None


def test_without_a_registry_what_is_at_work_stays(tmp_path: Path) -> None:
    alone = PromotedAdapter(None, "base", None)
    alone.put_to_work("mine")
    assert (alone.wanted(), alone.folder("mine")) == ("mine", None)


def test_one_that_was_refused_is_not_tried_again_until_another_was_at_work(registry: AdapterRegistry) -> None:
    notices: list[str] = []
    adapter = PromotedAdapter(registry, "base", notices.append)
    adapter.put_to_work("a1")
    registry.promote("a2")
    assert adapter.wanted() == "a2"
    adapter.refuse("a2")
    adapter.tell_refused("a2", "It is torn.")
    assert adapter.wanted() == "a1"
    adapter.put_to_work("a1")  # its worker was started anew
    assert adapter.wanted() == "a1"
    assert notices == ["The adapter a2 is not used, so a1 goes on: It is torn."]
    adapter.put_to_work(None)
    assert adapter.wanted() == "a2"


def test_a_damaged_registry_leaves_what_is_at_work_and_says_so_where_it_is_wanted(registry: AdapterRegistry) -> None:
    notices: list[str] = []
    adapter = PromotedAdapter(registry, "base", notices.append)
    adapter.put_to_work("a1")
    (registry.folder / "active.json").write_text("{torn")
    assert adapter.wanted() == "a1"
    assert not notices
    assert adapter.wanted(tell=True) == "a1"
    assert [notice.split(" cannot")[0] for notice in notices] == [str(registry.folder / "active.json")]
