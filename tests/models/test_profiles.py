"""How a model is asked: as a probe found, else as the manifest says, else without leave to refuse."""

from pathlib import Path

import pytest
from ayllu.models import SAFE, ModelStore, ProbeRunning, Profile, Profiles
from ayllu.models.manifest import manifest_entries
from pydantic import ValidationError


def gguf(folder: Path, name: str, content: bytes = b"weights") -> str:
    file = folder / name
    file.write_bytes(b"GGUF" + content)
    return str(file)


def test_a_model_of_which_nothing_is_known_has_no_leave_to_refuse(tmp_path: Path) -> None:
    profile = ModelStore(tmp_path).profile(gguf(tmp_path, "own.gguf"))
    assert profile == SAFE
    assert (profile.leave, profile.origin) == ("none", "default")


def test_the_manifest_says_how_a_measured_model_is_asked_and_a_probe_beats_it(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, manifest_entries())
    assert store.profile("qwen2.5-1.5b-instruct").origin == "manifest"
    assert store.profile("qwen2.5-1.5b-instruct").leave == "system"
    key = store.profile_key("qwen2.5-1.5b-instruct", "http://127.0.0.1:1")
    assert key is not None
    store.profiles.keep(key, Profile(leave="last", origin="probe"))
    assert store.profile("qwen2.5-1.5b-instruct", "http://127.0.0.1:1").leave == "last"


def test_what_a_probe_found_goes_with_the_file_whatever_it_is_called(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    first, copy, other = (gguf(tmp_path, *args) for args in (("a.gguf",), ("b.gguf",), ("c.gguf", b"other")))
    key = store.profile_key(first)
    assert key is not None
    probed = Profile(leave="system", believed=True, origin="probe")
    store.profiles.keep(key, probed)
    assert store.profile(first) == store.profile(copy) == probed
    assert store.profile(other) == SAFE


def test_servers_are_told_apart_by_address_and_model(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    keys = {store.profile_key(model, address) for model in ("m", "n") for address in ("http://a", "http://b")}
    assert len(keys) == 4


def test_a_profile_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    store, file = ModelStore(tmp_path), gguf(tmp_path, "own.gguf")
    key = store.profile_key(file)
    assert key is not None
    store.profiles.keep(key, Profile(leave="last", origin="probe")).write_text('{"leave": "perhaps"}', "utf-8")
    assert store.profile(file) == SAFE


def test_a_place_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        Profile.model_validate({"leave": "first"})


def test_one_process_probes_a_model_at_a_time(tmp_path: Path) -> None:
    profiles = Profiles(tmp_path / "profiles")
    assert not profiles.is_claimed("a")
    with profiles.claim("a"):
        assert profiles.is_claimed("a")
        assert not profiles.is_claimed("b")
        profiles.progress_file("a").write_text("{}\n{}\n", "utf-8")
        with pytest.raises(ProbeRunning, match="2 answers"), profiles.claim("a"):
            pass
    assert not profiles.is_claimed("a")
