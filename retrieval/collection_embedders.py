"""Which embedder a collection is searched with: its own, whatever the settings name by now.

A collection remembers its embedder. Where that is not the one of the settings, it is opened as it was asked for then, and
goes on answering until the collection has been embedded anew; nothing that another embeds gets in meanwhile.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import numpy as np

from ..errors import AylluError
from ..text import count, one_line
from .docstore import DocStore, Space
from .embedders import CachingEmbedder, CheckedEmbedder, Embedder, EmbedderFailed, Recipe, fingerprint
from .errors import EmbedderChanged
from .stores import Notify

_SAMPLE = 5  # chunks that are embedded again, to tell whether a model of the same name is the same
_SAME = 0.9  # median cosine of these; estimated, not measured: another model's is about 0
_MOST_TEXTS = 4_000  # questions and sentences whose vectors are kept in memory, of each embedder
Reopen = Callable[[Recipe], Embedder]
log = logging.getLogger(__name__)


class CollectionEmbedders:
    """The embedders of one library's collections. Methods are safe to call from several threads."""

    def __init__(
        self, docstore: DocStore, embedder: Embedder, recipe: Recipe | None, reopen: Reopen | None, notify: Notify
    ) -> None:
        """`embedder` is that of the settings, where `recipe` stands; `reopen` opens one of other settings."""
        self.bare = embedder
        self.current = CachingEmbedder(embedder, _MOST_TEXTS)
        self._docstore = docstore
        self._recipe = "" if recipe is None else recipe.to_text()
        self._reopen = reopen
        self._notify = notify
        self._choosing = threading.Lock()
        self._chosen: dict[tuple[int, str, str], Embedder | None] = {}

    def of(self, collection: str) -> Embedder | None:
        """What embeds questions about a collection; None where it cannot be had, and that is said once."""
        space = self._docstore.spaces.of(collection)
        if space is None or not space.embedder:
            return self.current
        key = (space.collection, space.embedder, space.fingerprint)
        with self._choosing:
            if key not in self._chosen:
                self._chosen[key] = self._choose(collection, space)
            return self._chosen[key]

    def claim(self, collection: str) -> None:
        """Let what is written to a collection be embedded by the embedder of the settings. Called under the library's lock.

        Raises:
            EmbedderChanged: another one has embedded what is there.
        """
        space = self._docstore.spaces.of(collection)
        if space is not None and space.embedder and self._docstore.count(collection):
            try:
                same = self._is_same(self.current, space)
            except EmbedderFailed:  # whoever embeds next will hear of it
                same = self.current.name == space.embedder
            if not same:
                raise EmbedderChanged(collection, space.embedder, self.current.name)
            if (space.fingerprint, space.recipe) == (fingerprint(self.current), self._recipe):
                return
        self._docstore.spaces.bind(collection, **self.binding())

    def binding(self) -> dict[str, str]:
        """What a collection remembers of the embedder of the settings."""
        return {"embedder": self.current.name, "fingerprint": fingerprint(self.current), "recipe": self._recipe}

    def is_current(self, collection: str) -> bool:
        """Whether the collection's vectors are those that the embedder of the settings gives."""
        space = self._docstore.spaces.of(collection)
        return space is None or not space.embedder or self._is_same(self.current, space)

    def problems(self, collection: str | None = None) -> list[str]:
        """Collections that hold vectors of another embedder than the settings name, in words. Nothing is opened for it."""
        spaces = {name: space for name, space in self._docstore.spaces.all().items() if collection in (None, name)}
        problems: list[str] = []
        for name, space in spaces.items():
            chunks = self._docstore.count(name) if space.embedder not in ("", self.current.name) else 0
            if chunks:
                done = self._docstore.coming_vectors.count(space)
                state = f": {done:,} of {count(chunks, 'passage')} are embedded anew;" if done else ";"
                problems.append(
                    f"{one_line(name)} was embedded by {space.embedder}, not by {self.current.name} as it is set{state}"
                    f" `ayllu sources reembed` {'goes on' if done else 'embeds it anew'}"
                )
        return problems

    def forget(self) -> None:
        """Choose anew: a collection has been embedded anew."""
        with self._choosing:
            self._chosen.clear()

    def _choose(self, collection: str, space: Space) -> Embedder | None:
        if self._is_same(self.current, space):
            return self.current
        recipe = Recipe.from_text(space.recipe)
        reason = "it is not known how to open that"
        if recipe is not None and self._reopen is not None:
            try:
                former = CachingEmbedder(CheckedEmbedder(self._reopen(recipe)), _MOST_TEXTS)
                if self._is_same(former, space):
                    self._notify(
                        f"`{one_line(collection)}` is searched with {space.embedder}, which embedded it."
                        f" `ayllu sources reembed` changes to {self.current.name}."
                    )
                    return former
                reason = "what goes by that name gives other vectors now"
            except AylluError as error:
                log.warning("the embedder of %s cannot be opened", collection, exc_info=True)
                reason = error.message.rstrip(".")
        self._notify(
            f"`{one_line(collection)}` was embedded by {space.embedder} ({reason}), and is searched by words only."
            " `ayllu sources reembed` embeds it anew."
        )
        return None

    def _is_same(self, embedder: Embedder, space: Space) -> bool:
        """Whether `embedder` gives the vectors that a collection holds; where only its file differs, a few tell.

        Raises:
            EmbedderFailed: it does not answer.
        """
        if embedder.name != space.embedder:
            return False
        if self._docstore.vectors.dimensions(space) not in (None, embedder.dimensions):
            return False
        if space.fingerprint in ("", fingerprint(embedder)):
            return True
        sample = self._docstore.vectors.sample(space, _SAMPLE)
        rows = embedder.embed_documents([text for text, _ in sample])
        cosines = [float(row @ stored) for row, (_, stored) in zip(rows, sample, strict=True)]
        return not cosines or float(np.median(cosines)) >= _SAME
