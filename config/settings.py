"""Everything that can be set, as one typed tree. Field names are the keys of the TOML file."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from .backends import AnyBackendSettings, BackendSettings, table_class
from .tables import Table

LONGEST_INSTRUCTIONS = 2_000
"""Characters: what a model reads before every answer."""


class ModelSettings(Table):
    chat: str = Field("smollm2-135m-instruct", description="Embedded chat model: a manifest name or a path to a GGUF file.")
    embedder: str = Field(
        "onnx",
        description="onnx (the default of `ayllu models list`), the name of another embedder there, "
        "sentence-transformers:HUB_ID, or openai:URL#MODEL (its token: AYLLU_EMBEDDINGS_TOKEN). "
        "`ayllu sources reembed` changes what is there already.",
    )
    query_prefix: str | None = Field(
        None, max_length=1000, description="Read by the embedder before each question; unset: as is known of the model."
    )
    document_prefix: str | None = Field(
        None, max_length=1000, description="The same before each document; `ayllu sources reembed` changes it."
    )
    style: Literal["auto", "span", "prose"] = Field("auto", description="How answers are written; auto asks the manifest.")


class RetrievalSettings(Table):
    passages: int = Field(
        3,
        ge=1,
        le=20,
        description="Passages handed to the writer; in prose as many more or fewer as `first_token_s` allows.",
    )
    mode: Literal["hybrid", "dense", "keyword"] = "hybrid"
    diversity: float = Field(
        0.05, ge=0.0, lt=1.0, description="Share of its score that a hit loses for each better one under the same heading."
    )
    reranker: str = Field(
        "none",
        description="Looks at the first hits again, its order counting beside theirs: model (the one that answers), "
        "a reranker's name of `ayllu models list`, sentence-transformers:HUB_ID, onnx:FOLDER, or none.",
    )
    rerank_passages: int | None = Field(
        None, ge=1, le=100, description="How many of the first are looked at again; unset: 20, or 5 by `model`."
    )
    rerank_seconds: float = Field(10.0, gt=0, description="After so long no more of them are looked at again.")
    chunk_tokens: int = Field(
        200, ge=32, le=2048, description="Largest chunk, in the embedder's tokens. The next ingest cuts anew."
    )
    exact_below: int = Field(
        200_000,
        ge=0,
        description="A collection of fewer passages is searched by comparing every vector, without the store `chroma`; "
        "0: always with it. Another store is always used.",
    )
    max_file_bytes: int = Field(50_000_000, ge=1, description="Larger files are refused by name.")
    hidden: bool = Field(False, description="Read hidden files and folders too.")
    ignore_files: bool = Field(True, description="Leave out what `.gitignore` and `.aylluignore` name.")
    converter: Literal["", "docling"] = Field(
        "", description="Reads PDFs and pictures in the place of ayllu's own parsers; docling: the extra `documents`."
    )
    ocr_languages: str = Field(
        "",
        pattern=r"^(off|[A-Za-z_]+(\+[A-Za-z_]+)*)?$",
        description='Languages of text in pictures, as Tesseract names them ("eng+deu"); unset: all that it has; "off": '
        "pictures are not read.",
    )
    parse_seconds: float = Field(
        20.0, gt=0, description="A document whose parser shows no progress for so long is left out, and named."
    )
    parse_memory_bytes: int = Field(
        750_000_000, ge=100_000_000, description="The same for one whose parser takes more memory."
    )


class AgentSettings(Table):
    team: str = "default"
    temperature: float = Field(0.0, ge=0.0, le=2.0)
    max_tokens: int = Field(512, ge=1, description="Longest prose answer, in tokens.")
    first_token_s: float = Field(
        8.0, gt=0, description="A prose answer shall begin after so long: more passages are not read than that allows."
    )
    whole_tokens: int = Field(
        60_000, ge=0, description="So much of documents is read for a question about all of them; 0: passages only."
    )
    whole_seconds: float = Field(600.0, gt=0, description="After so long no further part of a document is begun for it.")
    critic_threshold: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        description="Abstain below this probability that the documents answer; unset: as measured.",
    )
    probe: Literal["auto", "off"] = Field(
        "auto", description="Find out in the background how a model that writes prose is asked best, or only when told to."
    )
    second_reader: Literal["auto", "off"] = Field(
        "auto",
        description="auto: the default model reads a short fact too, where one that writes prose gains by it; off: never.",
    )
    memory: bool = Field(
        True,
        description="Answer from what you corrected, where the same is asked; and look where a corrected answer stands.",
    )
    refit: bool = Field(
        True,
        description="Let your judgements of refusals move the bound below which nothing is answered, and those of passages"
        " how the searches by words and by meaning are weighed; where both measure better.",
    )
    strict: bool = Field(False, description="Leave out sentences of the model's that no passage supports.")
    instructions: str = Field(
        "",
        max_length=LONGEST_INSTRUCTIONS,
        description="Your wishes for tone, language and length, told to every model that writes prose.",
    )


class CollectionSettings(Table):
    instructions: str = Field(
        "",
        max_length=LONGEST_INSTRUCTIONS,
        description="The same as `agents.instructions`, for answers from this collection, after those.",
    )


class FeedbackSettings(Table):
    learn_at: int = Field(50, ge=1, description="Corrections after which the model can learn from them.")


class Settings(Table):
    backend: str = Field("fallback", description="Which [backends.NAME] answers.")
    store: Annotated[str, Field(pattern=r"^chroma(\+https?://.+)?$|^[a-z][a-z0-9_-]*$")] = "chroma"
    collection: str = Field("documents", min_length=1, max_length=200, description="Where documents go and are looked for.")
    person: str | None = Field(
        None, min_length=1, max_length=200, description="Who asks and rates, kept with each; unset: the system's user name."
    )
    models: ModelSettings = ModelSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    agents: AgentSettings = AgentSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    collections: dict[str, CollectionSettings] = Field(default_factory=dict)
    backends: dict[str, AnyBackendSettings] = Field(default_factory=dict)

    @field_validator("backends", mode="before")
    @classmethod
    def _fill_in_kinds(cls, tables: Any) -> Any:
        """A table without a `kind`, or with an empty one, is of the kind that its name says."""
        if not isinstance(tables, Mapping):
            return tables
        return {name: _with_kind(name, table) if isinstance(table, Mapping) else table for name, table in tables.items()}

    def instructions(self, collections: Sequence[str]) -> str:
        """A person's standing wishes for answers from `collections`; empty where there are none."""
        tables = [self.collections[name].instructions for name in collections if name in self.collections]
        return "\n".join(text for text in map(str.strip, (self.agents.instructions, *tables)) if text)

    def backend_table(self, name: str) -> BackendSettings:
        """The table `[backends.NAME]`; without one, the defaults of the kind that the name says."""
        return self.backends.get(name) or table_class(name)(kind=name)


def _with_kind(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    return {**table, "kind": name if table.get("kind") in (None, "") else table["kind"]}


def current_person(settings: Settings) -> str:
    """Who asks and rates: as it was set, else the system's user name; `unknown` where the system has none."""
    if settings.person is not None:
        return settings.person
    try:
        return getpass.getuser() or "unknown"
    except (OSError, KeyError, ImportError):  # a container's user without an entry; before Python 3.13 a KeyError
        return "unknown"
