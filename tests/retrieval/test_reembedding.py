"""Another embedder: refused where it would mix, and what embeds anew goes on beside the one that answers."""

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from ayllu.retrieval import (
    Document,
    Embedder,
    EmbedderChanged,
    EmbedderFailed,
    HashingEmbedder,
    Library,
    Parsed,
    Recipe,
    Vectors,
)
from ayllu.retrieval.docstore import ComingVectors
from ayllu.storage import DatabaseFull

QUESTION = "Which metal melts?"


class OppositeEmbedder:
    """Another embedder than the `inner` one: each vector of it turned about."""

    name, max_tokens = "opposite", 256

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner
        self.dimensions = inner.dimensions
        self.token_offsets = inner.token_offsets

    def embed_query(self, text: str) -> Vectors:
        return -self._inner.embed_query(text)

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        return -self._inner.embed_documents(texts)


class CutOffEmbedder(OppositeEmbedder):
    """Embeds some batches, then fails, as a model server that goes away."""

    def __init__(self, inner: Embedder, batches: int) -> None:
        super().__init__(inner)
        self.batches = batches

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if self.batches <= 0:
            raise EmbedderFailed("The server went away.", hint="Start it again.")
        self.batches -= 1
        return super().embed_documents(texts)


def reopen(recipe: Recipe) -> Embedder:
    return HashingEmbedder() if recipe == Recipe("hashing") else OppositeEmbedder(HashingEmbedder())


def open_as(place: Path, embedder: Embedder, notices: list[str] | None = None) -> Library:
    notify = None if notices is None else notices.append
    recipe = Recipe("hashing" if isinstance(embedder, HashingEmbedder) else "opposite")
    return Library.open(place, embedder, recipe=recipe, reopen=reopen, notify=notify)


def best(library: Library, text: str = QUESTION, collection: str = "c") -> tuple[str, float]:
    passage = library.search(text, mode="dense", collection=collection)[0]
    return Path(passage.source).name, passage.cosine


@pytest.fixture
def place(tmp_path: Path, folder: Path) -> Path:
    """A library whose collection `c` the hashing embedder has embedded."""
    with open_as(tmp_path / "library", HashingEmbedder()) as library:
        library.ingest([str(folder)], collection="c")
    return tmp_path / "library"


def test_another_embedder_is_refused_and_the_former_goes_on_answering(place: Path, folder: Path) -> None:
    with open_as(place, HashingEmbedder()) as library:
        before = best(library)
    notices: list[str] = []
    with open_as(place, OppositeEmbedder(HashingEmbedder()), notices) as library:
        assert (best(library), best(library)) == (before, before)
        assert [notice.partition(",")[0] for notice in notices] == ["`c` is searched with hashing:256"]
        with pytest.raises(EmbedderChanged, match="embedded by hashing:256, and the settings name opposite") as refused:
            library.ingest([str(folder)], collection="c")
        assert "ayllu sources reembed --collection c" in refused.value.hint
        assert ["c was embedded by hashing:256, not by opposite" in problem for problem in library.verify()] == [True]


def test_collections_of_different_embedders_are_searched_each_with_its_own(place: Path, folder: Path) -> None:
    with open_as(place, OppositeEmbedder(HashingEmbedder())) as library:
        library.ingest([str(folder)], collection="d")
        assert best(library, collection="c") == best(library, collection="d")
        assert library.retrieve(QUESTION, collection="c").sentences


def test_a_collection_is_embedded_anew_and_is_then_not_read_anew(place: Path, folder: Path) -> None:
    with open_as(place, OppositeEmbedder(HashingEmbedder())) as library:
        report = library.reembed("c")
        assert report is not None
        assert (report.before, report.embedder, report.chunks, report.complete) == ("hashing:256", "opposite", 2, True)
        assert library.reembed("c") is None
        assert best(library)[0] == "metals.txt"
        assert library.verify() == []
        assert library.ingest([str(folder)], collection="c").unchanged == 2
    with open_as(place, HashingEmbedder()) as library, pytest.raises(EmbedderChanged):
        library.ingest([str(folder)], collection="c")


def test_what_is_cut_off_goes_on_where_it_ended_and_the_former_answers_meanwhile(place: Path) -> None:
    with open_as(place, HashingEmbedder()) as library, library.writing():
        library.add(Document("c", f"{at}", "", Parsed(f"Alloy {at}.", "text/plain")) for at in range(600))
        before = best(library)
    with open_as(place, CutOffEmbedder(HashingEmbedder(), batches=1)) as library:
        with pytest.raises(EmbedderFailed):
            library.reembed("c")
        assert best(library) == before
    with open_as(place, OppositeEmbedder(HashingEmbedder())) as library:
        report = library.reembed("c")
        assert report is not None
        assert (report.chunks, report.complete) == (602 - 64, True)
        assert best(library)[0] == before[0]
        assert library.verify() == []


def test_a_disk_that_fills_up_leaves_what_was_embedded_anew_and_the_former_answering(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_as(place, HashingEmbedder()) as library, library.writing():
        library.add(Document("c", f"{at}", "", Parsed(f"Alloy {at}.", "text/plain")) for at in range(600))
        before = best(library)
    add, batches = ComingVectors.add, iter([True])

    def add_where_there_is_room(table: ComingVectors, ids: Sequence[int], vectors: Vectors, fingerprint: str) -> None:
        if not next(batches, False):
            raise DatabaseFull(place)
        add(table, ids, vectors, fingerprint)

    with open_as(place, OppositeEmbedder(HashingEmbedder())) as library:
        with monkeypatch.context() as patch:
            patch.setattr(ComingVectors, "add", add_where_there_is_room)
            with pytest.raises(DatabaseFull):
                library.reembed("c")
        assert best(library) == before
        assert ["64 of 602 passages are embedded anew" in problem for problem in library.verify()] == [True]
        report = library.reembed("c")
        assert report is not None
        assert (report.chunks, report.complete) == (602 - 64, True)
        assert library.verify() == []


def test_what_is_read_or_removed_meanwhile_is_in_the_change(place: Path) -> None:
    with open_as(place, HashingEmbedder()) as writer, open_as(place, OppositeEmbedder(HashingEmbedder())) as library:
        changes = iter([True])

        def change(*_: object) -> None:
            if next(changes, False):
                with writer.writing():
                    writer.add([Document("c", "bread", "", Parsed("Bread costs 4 soles.", "text/plain"))])
                    writer.remove_source(
                        "c", str(next(source.source for source in writer.sources() if "herbs" in source.source))
                    )

        report = library.reembed("c", progress=change)
        assert report is not None
        assert report.complete
        assert best(library, "bread")[0] == "bread"
        assert best(writer, "bread") == best(library, "bread")  # it changes over too
        assert {Path(source.source).name for source in library.sources()} == {"metals.txt", "bread"}
        assert library.verify() == []


class RefusingEmbedder(HashingEmbedder):
    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        if any("tin" in text.lower() for text in texts):
            raise EmbedderFailed("The text is refused.", hint="Change it.")
        return super().embed_documents(texts)


def test_a_chunk_that_is_refused_keeps_no_other_from_being_embedded_anew(place: Path) -> None:
    with Library.open(place, RefusingEmbedder(128)) as library:
        report = library.reembed("c")
        assert report is not None
        assert (report.chunks, len(report.refused), report.complete) == (1, 1, True)
        assert library.verify()[0].startswith("1 chunks were embedded by another embedder")
        assert best(library, "mint")[0] == "herbs.md"
        assert library.search("tin", mode="keyword", collection="c")[0].source.endswith("metals.txt")


class Requantised(HashingEmbedder):
    """The same model from another file: its vectors differ by little, or by all."""

    def __init__(self, fingerprint: str, sign: float) -> None:
        super().__init__()
        self.fingerprint, self._sign = fingerprint, sign

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        rows = super().embed_documents(texts) * self._sign
        rows[:, 0] += 0.05
        return rows


def test_a_model_of_the_same_name_is_the_same_where_its_vectors_are(place: Path, folder: Path) -> None:
    with Library.open(place, Requantised("other file", 1)) as library:
        assert best(library)[0] == "metals.txt"
        assert library.ingest([str(folder)], collection="c").unchanged == 2
    with Library.open(place, Requantised("another model", -1)) as library:
        assert library.search(QUESTION, mode="dense", collection="c") == []
        with pytest.raises(EmbedderChanged):
            library.ingest([str(folder)], collection="c")


def test_a_library_of_an_earlier_version_knows_only_the_name_of_its_embedder(place: Path, folder: Path) -> None:
    with closing(sqlite3.connect(place / "library.sqlite")) as connection:
        connection.execute("UPDATE collections SET fingerprint = '', recipe = ''")
        connection.commit()
    with Library.open(place, OppositeEmbedder(HashingEmbedder())) as library:
        assert library.search(QUESTION, mode="dense", collection="c") == []
        assert library.search(QUESTION, collection="c")
    with open_as(place, HashingEmbedder()) as library:
        assert library.ingest([str(folder)], collection="c").unchanged == 2


def test_a_recipe_is_kept_without_a_login() -> None:
    recipe = Recipe("openai:http://ana:secret@host/v1#e", None, "passage: ")
    assert "secret" not in recipe.to_text()
    assert Recipe.from_text(recipe.to_text()) == Recipe("openai:http://host/v1#e", None, "passage: ")
    assert Recipe.from_text("") is None


def test_a_stop_is_heard_while_the_embedder_is_awaited(place: Path) -> None:
    awaited = threading.Event()

    class SilentEmbedder(OppositeEmbedder):
        def embed_documents(self, texts: Sequence[str]) -> Vectors:
            awaited.set()
            ended.wait()
            return super().embed_documents(texts)

    ended = threading.Event()
    with open_as(place, SilentEmbedder(HashingEmbedder())) as library:
        report = library.reembed("c", should_stop=awaited.is_set)
        ended.set()
    assert report is not None
    assert (report.chunks, report.complete) == (0, False)
    with open_as(place, OppositeEmbedder(HashingEmbedder())) as library:
        again = library.reembed("c")
    assert again is not None
    assert (again.chunks, again.complete) == (2, True)
