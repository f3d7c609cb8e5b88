"""Words are found by their stems, and weigh the more the rarer they are."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from ayllu.retrieval.docstore import ChunkRecord, DocStore, KeywordIndex, SourceRecord


@pytest.fixture
def keywords(tmp_path: Path) -> Iterator[KeywordIndex]:
    docstore = DocStore(tmp_path)
    texts = ["The ferry leaves at seven.", "The ferries are painted.", "A painter bakes bread."]
    chunks = [ChunkRecord(text, 0, len(text)) for text in texts]
    source = SourceRecord("notes.txt", "", "", "text/plain", " ".join(texts))
    docstore.write_source("c", source, chunks, np.zeros((3, 2), np.float32), embedder="none")
    yield docstore.keywords
    docstore.close()


def test_a_word_is_found_in_all_its_forms_in_its_collection(keywords: KeywordIndex) -> None:
    assert [chunk for chunk, _ in keywords.search("ferry", 5, "c")] == [2, 1]
    assert keywords.search("ferry", 1, "c")[0][1] > 0
    assert keywords.search("ferry", 5, "elsewhere") == []
    assert keywords.search("?!", 5, "c") == []


def test_stems_are_those_of_the_index(keywords: KeywordIndex) -> None:
    assert keywords.stems("The Ferries, painted") == ["the", "ferri", "paint"]


def test_the_rarer_word_weighs_more_and_a_small_library_may_count_as_a_large_one(keywords: KeywordIndex) -> None:
    assert keywords.idf("zebra") > keywords.idf("bread") > keywords.idf("ferries") > 0


def test_the_word_of_a_language_is_found_among_documents_of_many(tmp_path: Path) -> None:
    texts = {"en": "The pool is open.", "de": "Das Bad ist auf.", "es": "La piscina abre.", "fr": "La piscine ouvre."}
    texts |= {"it": "La piscina apre.", "nl": "Het bad is open.", "ru": "Бассейн открыт."}
    with closing(DocStore(tmp_path)) as docstore:
        for language, text in texts.items():
            source = SourceRecord(language, "", "", "text/plain", text, language=language)
            chunk = ChunkRecord(text, 0, len(text))
            docstore.write_source("c", source, [chunk], np.zeros((1, 2), np.float32), embedder="none")
        assert [chunk for chunk, _ in docstore.keywords.search("бассейна", 5, "c")] == [7]
