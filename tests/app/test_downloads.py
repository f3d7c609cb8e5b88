"""Downloads: asked for once, announced, and never against a person's word."""

from pathlib import Path

import pytest
from ayllu.app import Reporter
from ayllu.app.downloads import ConsentingStore, DownloadDeclined, ModelMissing
from ayllu.models import DEFAULT_CHAT, DEFAULT_EMBEDDER, PullFailed


class Person:
    """Answers every question alike, and remembers what was put to them."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[str] = []

    def store(self, folder: Path) -> ConsentingStore:
        return ConsentingStore(folder, lambda: Reporter(confirm=self.confirm))

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.answer


def test_one_question_names_all_that_is_missing_with_its_size_and_origin(tmp_path: Path) -> None:
    person = Person(True)
    store = person.store(tmp_path)
    store.request([DEFAULT_EMBEDDER, DEFAULT_CHAT, DEFAULT_CHAT])
    store.request([DEFAULT_CHAT])
    (question,) = person.questions
    for words in ("SmolLM2 135M Instruct", "98 MB", "all-MiniLM-L6-v2", "Apache-2.0", "Hugging Face hub", "189 MB"):
        assert words in question
    assert str(tmp_path) in question


def test_a_no_is_kept_to_and_says_how_to_go_on(tmp_path: Path) -> None:
    person = Person(False)
    store = person.store(tmp_path)
    for attempt in (lambda: store.request([DEFAULT_EMBEDDER, DEFAULT_CHAT]), lambda: store.ensure(DEFAULT_CHAT)):
        with pytest.raises(DownloadDeclined) as caught:
            attempt()
    assert len(person.questions) == 1
    assert caught.value.exit_code == 1
    assert f"`ayllu models pull {DEFAULT_EMBEDDER} {DEFAULT_CHAT}`" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_what_was_named_for_download_is_not_asked_for(tmp_path: Path) -> None:
    person = Person(False)
    store = person.store(tmp_path)
    store.agree([DEFAULT_CHAT])
    store.request([DEFAULT_CHAT])
    assert person.questions == []


def test_files_placed_by_hand_are_taken_without_a_question(tmp_path: Path) -> None:
    person = Person(False)
    folder = tmp_path / DEFAULT_EMBEDDER
    folder.mkdir()
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        (folder / name).write_text("{}", "utf-8")
    assert person.store(tmp_path).ensure(DEFAULT_EMBEDDER) == folder
    assert person.questions == []


def test_files_placed_by_hand_where_nothing_can_be_written_are_said(tmp_path: Path) -> None:
    person = Person(True)
    folder = tmp_path / DEFAULT_EMBEDDER
    (folder / "receipt.json.tmp").mkdir(parents=True)  # stands for a folder that cannot be written to, for root too
    for name in ("model.onnx", "tokenizer.json", "config.json"):
        (folder / name).write_text("{}", "utf-8")
    with pytest.raises(PullFailed, match="cannot be written to"):
        person.store(tmp_path).ensure(DEFAULT_EMBEDDER)
    assert person.questions == []


def test_who_only_looks_downloads_nothing_and_asks_nothing(tmp_path: Path) -> None:
    person = Person(True)
    store = person.store(tmp_path)
    store.forbid_downloads()
    with pytest.raises(ModelMissing) as caught:
        store.ensure(DEFAULT_CHAT)
    assert caught.value.kind == "model_missing"
    assert person.questions == []
