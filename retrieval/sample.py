"""The sample: documents of our own about an invented organisation, so that a first run has something to ask."""

from __future__ import annotations

import hashlib
from importlib.resources import as_file, files

from .docstore.records import SourceRecord
from .documents.chunking import chunk
from .documents.parsers import parse
from .library import Library

SAMPLE_COLLECTION = "sample"
SAMPLE_QUESTION = "When is the library open on Sundays?"
_CHUNK_TOKENS = 200


def sample_documents() -> dict[str, str]:
    """The text of each packaged document, by the name of its source."""
    with as_file(files(__package__).joinpath("sample")) as folder:
        contents = {f"sample/{file.name}": file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
    return {source: parse(source, content).text for source, content in contents.items()}


def load_sample(library: Library) -> str:
    """Bring the packaged documents into their own collection, where they are not there yet; returns its name."""
    known = library.known_sources(SAMPLE_COLLECTION)
    with as_file(files(__package__).joinpath("sample")) as folder:
        contents = {f"sample/{file.name}": file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}
    digests = {source: hashlib.sha256(content).hexdigest() for source, content in contents.items()}
    if digests == {source: info.sha256 for source, info in known.items()}:
        return SAMPLE_COLLECTION
    with library.writing():
        for source in known.keys() - contents.keys():
            library.remove_source(SAMPLE_COLLECTION, source)
        for source, content in contents.items():
            parsed = parse(source, content)
            chunks = chunk(parsed, max_tokens=_CHUNK_TOKENS, token_offsets=library.embedder.token_offsets)
            vectors = library.embedder.embed([one.text for one in chunks])
            record = SourceRecord(source, "sample", digests[source], parsed.media_type, parsed.text, 0, len(content))
            library.write_source(SAMPLE_COLLECTION, record, chunks, vectors)
    return SAMPLE_COLLECTION
