"""The sample: documents of our own about an invented organisation, so that a first run has something to ask."""

from __future__ import annotations

import hashlib
from importlib.resources import as_file, files

from .library import Library

SAMPLE_COLLECTION = "sample"
SAMPLE_QUESTION = "When is the library open on Sundays?"


def sample_documents() -> dict[str, str]:
    """The text of each packaged document, by the name of its source."""
    from .documents import parse

    return {source: parse(source, content).text for source, content in _contents().items()}


def load_sample(library: Library) -> str:
    """Bring the packaged documents into their own collection, where they are not there as they would be read now.

    Returns its name.
    """
    from .documents import Document, parse, parser_of

    stored = library.known_sources(SAMPLE_COLLECTION)
    contents = _contents()
    digests = {source: hashlib.sha256(content).hexdigest() for source, content in contents.items()}
    embedder = library.embedder.name
    if {source: info.sha256 for source, info in stored.items()} == digests and all(
        (info.reading.parser, info.reading.embedder) == (parser_of(source, info.reading.parser), embedder)
        for source, info in stored.items()
    ):
        return SAMPLE_COLLECTION
    with library.writing():
        if any(info.reading.embedder != embedder for info in stored.values()):
            library.drop_collection(SAMPLE_COLLECTION)
            stored = {}
        for source in stored.keys() - contents.keys():
            library.remove_source(SAMPLE_COLLECTION, source)
        documents = (
            Document(SAMPLE_COLLECTION, source, "sample", parse(source, content), digests[source], size=len(content))
            for source, content in contents.items()
        )
        library.add(documents, batch_chunks=1)
    return SAMPLE_COLLECTION


def _contents() -> dict[str, bytes]:
    with as_file(files(__package__).joinpath("sample")) as folder:
        return {f"sample/{file.name}": file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
