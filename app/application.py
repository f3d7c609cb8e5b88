"""The composition root: every part of the house, opened when first asked for and closed in reverse.

Rooms do not know each other; only whoever holds an `Application` brings them together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ..paths import Paths
from .corrections_read import CorrectionsRead
from .reporter import Reporter

if TYPE_CHECKING:
    import asyncio

    from ..adapters import ActiveAdapters, AdapterRegistry
    from ..agents import SecondReader
    from ..backends import Backend
    from ..config import Loaded, Settings
    from ..conversations import Conversations
    from ..feedback import FeedbackLog
    from ..retrieval import Embedder, Library, Recipe, Reranking
    from .downloads import ConsentingStore

T = TypeVar("T")
log = logging.getLogger(__name__)


class Application:
    """One run's view of the house. Use it as a context manager; `run` runs what is asynchronous, always on one loop.

    An `embedder` or a `backend` that is handed in stands for the one that the settings name.
    """

    def __init__(
        self,
        paths: Paths,
        reporter: Reporter | None = None,
        *,
        embedder: Embedder | None = None,
        backend: Backend | None = None,
    ) -> None:
        self.paths = paths
        self.reporter = reporter or Reporter()
        self._stack = ExitStack()
        self._overrides: dict[str, Any] = {}
        self._backend = backend
        self._runner: asyncio.Runner | None = None
        self._pinned: ActiveAdapters | None = None
        self.second_reader: SecondReader | None = None  # see `second_reader.py`
        self.corrections_read = CorrectionsRead()
        self._needs_embedder = embedder is None
        self._needs_chat_model = backend is None
        if embedder is not None:
            self.embedder = embedder

    def __enter__(self) -> Application:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def report_to(self, reporter: Reporter) -> None:
        """From now on tell `reporter`, whatever is open already."""
        self.reporter = reporter

    # --- settings ---

    def override_settings(self, overrides: Mapping[str, Any]) -> None:
        """Dotted keys that beat every other layer, set before `settings` is read; a `None` leaves its key as it is."""
        self._overrides.update(overrides)

    @cached_property
    def loaded(self) -> Loaded:
        """The settings with the origin of each value."""
        from ..config import load

        return load(self.paths.config, flags=self._overrides)

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    def reload_settings(self, loaded: Loaded | None = None) -> None:
        """Take `loaded`, else read the settings anew when they are next asked for; what is open keeps the old ones."""
        self.__dict__.pop("loaded", None)
        if loaded is not None:
            self.__dict__["loaded"] = loaded

    # --- parts ---

    @cached_property
    def models(self) -> ConsentingStore:
        """The model store; whoever pulls through it, the person is told, and asked before where that is possible."""
        from .downloads import ConsentingStore

        return ConsentingStore(self.paths.models, lambda: self.reporter)

    @cached_property
    def embedder(self) -> Embedder:
        return self._open_embedder(self._recipe)

    @property
    def _recipe(self) -> Recipe:
        from ..retrieval import Recipe

        chosen = self.settings.models
        return Recipe(chosen.embedder, chosen.query_prefix, chosen.document_prefix)

    def _open_embedder(self, recipe: Recipe) -> Embedder:
        from ..retrieval import open_embedder

        return open_embedder(
            recipe.embedder, self.models, query_prefix=recipe.query_prefix, document_prefix=recipe.document_prefix
        )

    @cached_property
    def reranking(self) -> Reranking | None:
        """What the settings have the first hits of every search looked at by; None for nothing, or the model in use.

        Raises:
            ConfigError: the settings name no reranker.
        """
        from .reranking import open_reranking

        return open_reranking(self.settings, self.models, lambda text: self.reporter.warn(text))

    @cached_property
    def library(self) -> Library:
        from ..retrieval import Library

        library = Library.open(
            self.paths.library,
            self.embedder,
            store=self.settings.store,
            scan_below=self.settings.retrieval.exact_below,
            recipe=self._recipe if self._needs_embedder else None,
            reopen=self._open_embedder,
            notify=self._announce,
            reranking=self.reranking,
        )
        self._stack.callback(library.close)
        return library

    @cached_property
    def conversations(self) -> Conversations:
        from ..conversations import Conversations

        conversations = Conversations.open(self.paths.conversations)
        self._stack.callback(conversations.close)
        return conversations

    def open_conversations(self) -> str:
        """Open what conversations are kept in; where that cannot be, keep them in memory.

        Returns what the person was warned of then, and empty text where all is well.
        """
        from ..conversations import Conversations
        from ..storage import DatabaseDamaged, DatabaseNewer, DatabaseUnavailable

        try:
            _ = self.conversations
        except (DatabaseDamaged, DatabaseNewer, DatabaseUnavailable) as error:
            error.log_once(log)
            self.__dict__["conversations"] = conversations = Conversations.in_memory()
            self._stack.callback(conversations.close)
            warning = f"{error.message} This conversation is not kept. {error.hint}"
            self.reporter.warn(warning)
            return warning
        return ""

    def check_session(self, session_id: str | None) -> None:
        """See that the conversation that a person named is there, before anything else is done.

        Raises:
            NotFound: it is not; the hint names some that are.
        """
        if session_id is not None:
            self.conversations.sessions.get(session_id)

    @cached_property
    def feedback(self) -> FeedbackLog:
        from ..feedback import FeedbackLog

        log = FeedbackLog.open(self.paths.feedback)
        self._stack.callback(log.close)
        return log

    @cached_property
    def adapters(self) -> AdapterRegistry:
        from ..adapters import AdapterRegistry

        return AdapterRegistry(self.paths.adapters)

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
            self._pinned = PinnedAdapter(adapter, self.adapters.path(adapter), self.adapters.folder)

    @property
    def backend(self) -> Backend:
        """The backend that the settings name, not yet started; after `close_backend` a new one."""
        if self._backend is None:
            self._backend = self.open_backend(self.settings.backend)
        return self._backend

    def open_backend(self, name: str) -> Backend:
        """Any backend by its name, not yet started; the caller closes it."""
        from ..backends import open_backend

        return open_backend(
            name,
            self.settings,
            self.models,
            announce=self._announce,
            progress=lambda label, done, total: self.reporter.progress(label, done, total),
            adapters=self._pinned or self.adapters,
        )

    # --- work ---

    def request_downloads(self, *, chat: bool = False) -> None:
        """Ask once for all that `prepare` would pull; where nobody can be asked, do nothing.

        Raises:
            DownloadDeclined: the person said no to what cannot be done without.
        """
        from .downloads import request_needed

        chat = chat and self._needs_chat_model
        request_needed(self.models, self.settings, embedder=self._needs_embedder, chat=chat)

    def prepare(self, *, chat: bool = False) -> None:
        """Pull what is missing now, so that no download begins in the middle of something else.

        Raises:
            DownloadDeclined: the person said no to what cannot be done without.
            PullFailed, DiskFull: it could not be had.
        """
        from .downloads import pull_needed

        self.request_downloads(chat=chat)
        chat = chat and self._needs_chat_model
        pull_needed(self.models, self.settings, self.reporter.warn, embedder=self._needs_embedder, chat=chat)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end. Every call shares one loop, on which the backend is closed when all is closed."""
        if self._runner is None:
            import asyncio

            self._runner = self._stack.enter_context(asyncio.Runner())
            self._stack.callback(lambda: self.run(self.close_backend()))
        return self._runner.run(work)

    async def close_backend(self) -> None:
        await self.replace_backend(None)
        reader, self.second_reader = self.second_reader, None
        if reader is not None:
            await reader.close()

    async def replace_backend(self, backend: Backend | None) -> None:
        """Have `backend` answer from now on, which is started already; the one before is closed."""
        before, self._backend = self._backend, backend
        if before is not None:
            await before.close()

    @property
    def _announce(self) -> Callable[[str], None]:
        return lambda text: self.reporter.announce(text)
