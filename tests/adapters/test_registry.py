"""The registry of adapters: promotion, rollback, collection, and what a kill leaves."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ayllu.adapters import Adapter, AdapterRegistry, PinnedAdapter, RegistryDamaged, find_leftovers
from ayllu.errors import NotFound, UsageError

LOOP = """
import sys
from pathlib import Path
from ayllu.adapters import AdapterRegistry
registry = AdapterRegistry(Path(sys.argv[1]))
print("ready", flush=True)
for at in range(int(sys.argv[2])):
    registry.promote(sys.argv[3 + at % (len(sys.argv) - 3)])
"""


@pytest.fixture
def registry(tmp_path: Path) -> AdapterRegistry:
    return AdapterRegistry(tmp_path / "adapters")


def add(registry: AdapterRegistry, tmp_path: Path, name: str) -> str:
    files = tmp_path / f"{name}.whole"
    files.mkdir()
    (files / "adapter.gguf").write_bytes(b"GGUF")
    registry.add(Adapter(name, "base", "b" * 64, "d" * 64, "sft", "2026-01-01T00:00:00+00:00"), files)
    return name


def ids(registry: AdapterRegistry) -> list[str]:
    return [adapter.adapter_id for adapter in registry.list()]


def test_an_adapter_goes_to_work_and_is_taken_back(registry: AdapterRegistry, tmp_path: Path) -> None:
    first, second = add(registry, tmp_path, "a1"), add(registry, tmp_path, "a2")
    assert registry.active("base") is None
    registry.promote(first)
    registry.promote(second)
    assert [(adapter.adapter_id, adapter.state) for adapter in registry.list()] == [(first, "retired"), (second, "promoted")]
    back = registry.rollback("base")
    assert back is not None
    assert back.adapter_id == first
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
    assert ids(registry) == ["a1", "a2", "a3"]


def test_half_written_folders_are_not_adapters(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    (registry.folder / "a2").mkdir()
    (registry.folder / "a3").mkdir()
    (registry.folder / "a3" / "entry.json").write_text('{"adapter_id": "a3"')
    assert ids(registry) == ["a1"]
    with pytest.raises(NotFound, match="a2"):
        registry.promote("a2")


def test_an_adapter_whose_file_is_gone_is_neither_promoted_nor_used(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    registry.promote("a1")
    registry.path("a1").unlink()
    assert registry.active("base") is None
    with pytest.raises(UsageError, match=r"neither adapter\.gguf nor peft"):
        registry.promote("a1")


def test_an_adapter_in_peft_form_alone_goes_to_work_and_is_taken_back(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    peft = registry.folder / "a1" / "peft"
    peft.mkdir()
    (peft / "adapter_model.safetensors").write_bytes(b"x")
    assert registry.forms("a1") == ["gguf", "peft"]
    registry.path("a1").unlink()
    assert registry.forms("a1") == ["peft"]
    registry.promote("a1")
    active = registry.active("base")
    assert active is not None
    assert active.adapter_id == "a1"
    assert registry.rollback("base") is None


def test_each_time_an_adapter_is_put_to_work_is_written_down(registry: AdapterRegistry, tmp_path: Path) -> None:
    """A server that loads it gives each time a name of its own."""
    for name in ("a1", "a2"):
        add(registry, tmp_path, name)
    times = [registry.promote(name).promoted_at for name in ("a1", "a2", "a1")]
    back = registry.rollback("base")
    assert back is not None
    assert back.adapter_id == "a2"
    assert len({*times, back.promoted_at}) == 4


def test_what_is_in_use_is_one_file_written_whole(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    registry.promote("a1")
    assert json.loads((registry.folder / "active.json").read_text()) == {"base": [None, "a1"]}
    assert sorted(path.name for path in registry.folder.iterdir()) == [".lock", "a1", "active.json"]


def test_a_pinned_adapter_is_in_use_for_every_base(tmp_path: Path) -> None:
    assert PinnedAdapter(None).active("base") is None
    active = PinnedAdapter("a9", tmp_path / "x.gguf").active("base")
    assert active is not None
    assert active.adapter_id == "a9"


def test_rollback_goes_back_as_far_as_it_is_told(registry: AdapterRegistry, tmp_path: Path) -> None:
    for name in ("a1", "a2", "a3"):
        registry.promote(add(registry, tmp_path, name))
    with pytest.raises(UsageError, match="'a9' was not in use before a3"):
        registry.rollback("base", "a9")
    back = registry.rollback("base", "a1")
    assert back is not None
    assert back.adapter_id == "a1"
    assert registry.rollback("base", None) is None


def test_rollback_passes_over_what_is_gone_from_the_disk(registry: AdapterRegistry, tmp_path: Path) -> None:
    for name in ("a1", "a2", "a3"):
        registry.promote(add(registry, tmp_path, name))
    registry.path("a2").unlink()
    back = registry.rollback("base")
    assert back is not None
    assert back.adapter_id == "a1"


def test_what_was_taken_back_was_in_use_and_is_not_collected(registry: AdapterRegistry, tmp_path: Path) -> None:
    registry.promote(add(registry, tmp_path, "a1"))
    registry.rollback("base")
    assert registry.get("a1").state == "retired"
    assert registry.collect(keep=[]) == []


@pytest.mark.parametrize("name", ["../a1", "", ".", "..", "/etc", "a/b", "a1\n", "a" * 99, "\x00", ".hidden"])
def test_an_id_that_is_a_path_is_no_id(registry: AdapterRegistry, tmp_path: Path, name: str) -> None:
    add(registry, tmp_path, "a1")
    for use in (registry.path, registry.get, registry.promote, registry.size):
        with pytest.raises(NotFound):
            use(name)


def test_hostile_entries_are_left_out(registry: AdapterRegistry, tmp_path: Path) -> None:
    good = json.loads((registry.path(add(registry, tmp_path, "a1")).parent / "entry.json").read_text())
    hostile = [
        *("", "null", "[]", "{", "\udcff", "[" * 10_000),
        *(json.dumps({**good, **odd}) for odd in ({"adapter_id": "../a1"}, {"events": "many"}, {"settings": 3})),
    ]
    for at, text in enumerate(hostile):
        (registry.folder / f"b{at}").mkdir()
        (registry.folder / f"b{at}" / "entry.json").write_text(text, "utf-8", "surrogateescape")
    (registry.folder / "b99").mkdir()
    (registry.folder / "b99" / "entry.json").mkdir()
    assert ids(registry) == ["a1"]
    assert registry.corrections_learned() == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"base": "a1"}', '{"base": [1]}', '{"base": {"a1": 1}}', "[" * 10_000]
)
def test_a_damaged_active_file_is_named_and_nothing_is_collected(
    registry: AdapterRegistry, tmp_path: Path, text: str
) -> None:
    add(registry, tmp_path, "a1")
    (registry.folder / "active.json").write_text(text)
    for use in (
        lambda: registry.active("base"),
        registry.list,
        lambda: registry.promote("a1"),
        lambda: registry.collect([]),
    ):
        with pytest.raises(RegistryDamaged, match=r"active\.json cannot be read"):
            use()
    assert registry.path("a1").is_file()
    assert registry.corrections_learned() == 0


@pytest.mark.parametrize("history", [[], ["../../a1"], [None, None], ["a1", "gone"], [None, "a1", "\x00"]])
def test_odd_histories_name_no_adapter(registry: AdapterRegistry, tmp_path: Path, history: list[str | None]) -> None:
    add(registry, tmp_path, "a1")
    (registry.folder / "active.json").write_text(json.dumps({"base": history}))
    assert registry.active("base") is None
    assert registry.promote("a1").state == "promoted"
    assert registry.active("base") is not None


def test_a_kill_at_any_moment_of_a_promotion_leaves_a_whole_registry(registry: AdapterRegistry, tmp_path: Path) -> None:
    for name in ("a1", "a2"):
        add(registry, tmp_path, name)
    chance = random.Random(0)
    for _ in range(4):
        with promoting(registry, 10**9, "a1", "a2") as process:
            time.sleep(chance.uniform(0, 0.1))
            process.kill()
        active = registry.active("base")
        assert active is None or active.adapter_id in {"a1", "a2"}
        assert ids(registry) == ["a1", "a2"]
        registry.promote("a1")
        registry.rollback("base")


def test_two_processes_promoting_at_once_lose_nothing(registry: AdapterRegistry, tmp_path: Path) -> None:
    for name in ("a1", "a2", "a3", "a4"):
        add(registry, tmp_path, name)
    with promoting(registry, 50, "a1", "a2") as first, promoting(registry, 50, "a3", "a4") as second:
        assert (first.wait(60), second.wait(60)) == (0, 0)
    history = json.loads((registry.folder / "active.json").read_text())["base"]
    assert [sum(name in pair for name in history) for pair in ({"a1", "a2"}, {"a3", "a4"})] == [50, 50]


def test_leftovers_are_what_killed_runs_left_once_it_is_old(registry: AdapterRegistry, tmp_path: Path) -> None:
    add(registry, tmp_path, "a1")
    registry.promote("a1")
    for name in (".work/old", ".work/a2.whole", ".work/new", ".gone-a3"):
        (registry.folder / name / "checkpoint").mkdir(parents=True)
        (registry.folder / name / "checkpoint" / "state").write_bytes(b"x")
    for name in (".active.json.ab12", "a1/.entry.json.cd34"):
        (registry.folder / name).write_text("{")
    for path in registry.folder.rglob("*"):
        os.utime(path, (1, 1))
    (registry.folder / ".work" / "new" / "checkpoint" / "state").write_bytes(b"y")
    left = [str(path.relative_to(registry.folder)) for path in find_leftovers(registry.folder, 3600)]
    assert sorted(left) == [".active.json.ab12", ".gone-a3", ".work/a2.whole", ".work/old", "a1/.entry.json.cd34"]
    assert len(find_leftovers(registry.folder, 0)) == 6


@contextmanager
def promoting(registry: AdapterRegistry, times: int, *names: str) -> Iterator[subprocess.Popen[str]]:
    """A process that promotes `names` in turn; at work when this begins."""
    command = [sys.executable, "-c", LOOP, str(registry.folder), str(times), *names]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
