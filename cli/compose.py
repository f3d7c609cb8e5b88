"""The composition root: every part of the house, opened when first asked for and closed in reverse.

Rooms do not know each other; only a face that holds a `Parts` brings them together.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from .. import paths as places
from ..errors import NotFound
from .flags import Flags
from .output import Output
from .progress import ProgressBar

if TYPE_CHECKING:
    import asyncio

    from ..adapters import ActiveAdapters, AdapterRegistry
    from ..agents import ChatSession
    from ..backends import Backend
    from ..config import Loaded, Settings
    from ..conversations import Conversations
    from ..feedback import FeedbackLog
    from ..models import ModelStore
    from ..retrieval import Embedder, Library

T = TypeVar("T")


class Parts:
    """One command's view of the house. Use it as a context manager; `run` runs what is asynchronous, always on one loop."""

    def __init__(self, flags: Flags, output: Output) -> None:
        self.flags = flags
        self.output = output
        self.paths = places.find(flags.home)
        self.announce: Callable[[str], None] = output.note
        self._stack = ExitStack()
        self._bar = self._stack.enter_context(ProgressBar("bytes", stream=output.err))
        self.pulling: Callable[[str, int, int | None], None] = self._bar
        self._given: dict[str, Any] = {}
        self._backend: Backend | None = None
        self._runner: asyncio.Runner | None = None
        self._pinned: ActiveAdapters | None = None

    def __enter__(self) -> Parts:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def given(self, **values: Any) -> Parts:
        """Flags of this command, as dotted keys with `__` for the dot; they beat every other layer."""
        self._given.update({key.replace("__", "."): value for key, value in values.items()})
        return self

    @cached_property
    def loaded(self) -> Loaded:
        from ..config import load

        return load(self.paths.config, flags=self._given)

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @cached_property
    def models(self) -> ModelStore:
        """The model store; whoever pulls through it, the person is told what and how large it is."""
        from .pulling import told_store

        return told_store(self.paths.models, lambda *now: self.pulling(*now), lambda text: self.announce(text))

    @cached_property
    def embedder(self) -> Embedder:
        from ..retrieval import open_embedder

        return open_embedder(self.settings.models.embedder, self.models)

    @cached_property
    def library(self) -> Library:
        from ..retrieval import Library

        library = Library.open(
            self.paths.library, self.embedder, store=self.settings.store, notify=lambda text: self.announce(text)
        )
        self._stack.callback(library.close)
        return library

    @cached_property
    def conversations(self) -> Conversations:
        from ..conversations import Conversations

        conversations = Conversations.open(self.paths.conversations)
        self._stack.callback(conversations.close)
        return conversations

    @cached_property
    def feedback(self) -> FeedbackLog:
        from ..feedback import FeedbackLog

        log = FeedbackLog.open(self.paths.feedback)
        self._stack.callback(log.close)
        return log

    def pin(self, adapter: str | None) -> None:
        """Answer with this adapter, or with "none", whatever is promoted; `None` leaves it at that.

        Raises:
            NotFound: there is none of that id.
        """
        from ..adapters import PinnedAdapter

        if adapter == "none":
            self._pinned = PinnedAdapter(None)
        elif adapter is not None:
            self.adapters.get(adapter)
            self._pinned = PinnedAdapter(adapter, self.adapters.path(adapter))

    @cached_property
    def adapters(self) -> AdapterRegistry:
        from ..adapters import AdapterRegistry

        return AdapterRegistry(self.paths.adapters)

    @property
    def backend(self) -> Backend:
        """The backend that the settings name, not yet started."""
        if self._backend is None:
            from ..backends import open_backend

            self._backend = open_backend(
                self.settings.backend,
                self.settings,
                self.models,
                announce=lambda text: self.announce(text),
                progress=lambda *now: self.pulling(*now),
                adapters=self._pinned or self.adapters,
            )
        return self._backend

    def session(self, collection: str, **options: Any) -> ChatSession:
        """A chat over `collection`; the options are those of `ChatSession`."""
        from ..agents import ChatSession

        return ChatSession(
            self.library,
            self.backend,
            self.conversations,
            self.settings,
            collection=collection,
            prompts=self.paths.prompts,
            **options,
        )

    def collection(self, named: str | None = None) -> tuple[str, bool]:
        """Where to look, and whether that is the sample: only while the library is empty and nobody named a collection.

        Raises:
            NotFound: there is nothing in it, and it was named or others hold documents.
        """
        where = named if named is not None else self.settings.collection
        if self.library.count(where):
            return where, False
        from ..retrieval import load_sample
        from ..retrieval.sample import SAMPLE_COLLECTION

        others = [name for name in self.library.collections() if name not in (where, SAMPLE_COLLECTION)]
        if where == SAMPLE_COLLECTION or (named is None and not others):
            return load_sample(self.library), True
        near = difflib.get_close_matches(where, others, n=1, cutoff=0.0)
        raise NotFound(
            f"There is nothing in the collection `{where}`.",
            hint=f"`--collection {near[0]}` has documents."
            if near
            else f"`ayllu ingest PATH --collection {where}` fills it.",
        )

    def prepare(self, *, chat: bool = False) -> None:
        """Pull what is missing now, so that no bar appears in the middle of something else."""
        from ..models import DEFAULT_EMBEDDER

        if self.settings.models.embedder == "onnx":
            self.models.ensure(DEFAULT_EMBEDDER)
        if chat:
            self._prepare_chat()
        self._bar.close()

    def _prepare_chat(self) -> None:
        """Pull what the embedded backend needs; where another may answer, its missing is no reason not to ask that one."""
        from ..backends import answering_backends, embedded_models
        from ..models import DiskFull, PullFailed

        for model in embedded_models(self.settings):
            try:
                self.models.ensure(model)
            except (PullFailed, DiskFull) as error:
                if len(answering_backends(self.settings)) == 1:
                    raise
                self.output.note(f"{error.message} {error.hint}", "yellow")

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end. Every call shares one loop, on which the backend is closed when the command ends."""
        if self._runner is None:
            import asyncio

            self._runner = self._stack.enter_context(asyncio.Runner())
            self._stack.callback(lambda: self.run(self.close_backend()))
        return self._runner.run(work)

    async def close_backend(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            await backend.close()
