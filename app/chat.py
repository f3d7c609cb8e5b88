"""A chat over one collection or several: what a person chose for it, and the sessions it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .attached import ATTACHED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..agents import ChatSession
    from ..retrieval import Filters, Library
    from .application import Application


@dataclass(frozen=True, slots=True)
class ChatOptions:
    """What was chosen for one chat; `None`, or no collection, leaves it to the settings."""

    collections: Sequence[str] = ()
    session_id: str | None = None
    new: bool = False  # begin a conversation instead of going on with the latest
    team: str | None = None
    passages: int | None = None
    seed: int | None = None
    filters: Filters | None = None  # documents that are looked at
    offer: bool = False  # a better model, where somebody is there to be asked


@dataclass(frozen=True, slots=True)
class Chat:
    """`sample`: the library is empty and nobody named a collection, so the sample documents are asked.

    `not_kept` says why the conversation is gone at the end; empty where it is kept.
    """

    application: Application
    options: ChatOptions
    collections: tuple[str, ...]
    sample: bool
    library: Library
    not_kept: str = ""

    @classmethod
    def open(cls, application: Application, options: ChatOptions) -> Chat:
        """Choose the collections.

        Raises:
            NotFound: there is nothing in one of them.
        """
        from .collections import choose_collections

        library = application.library
        collections, sample = choose_collections(library, options.collections, application.settings.collection)
        return cls(application, options, collections, sample, library, application.open_conversations())

    @classmethod
    def over_sample(cls, application: Application, options: ChatOptions) -> Chat:
        """Over the sample documents, whatever else the library holds."""
        from ..retrieval import load_sample

        library = application.library
        return cls(application, options, (load_sample(library),), True, library, application.open_conversations())

    @classmethod
    def over_attached(cls, application: Application, options: ChatOptions, library: Library) -> Chat:
        """Over documents that are asked and not kept: see `attached_library`."""
        return cls(application, options, (ATTACHED,), False, library, application.open_conversations())

    def session(self) -> ChatSession:
        """The conversation that was named, else a new one."""
        return self._session(self.options.session_id)

    def latest_session(self) -> ChatSession:
        """The conversation that was named, else the latest, unless a new one was wanted."""
        latest = None if self.options.new else self.application.conversations.sessions.latest()
        return self._session(self.options.session_id or latest)

    def new_session(self) -> ChatSession:
        return self._session(None)

    def kept_session(self, session_id: str) -> ChatSession:
        """The conversation of that id."""
        return self._session(session_id)

    def _session(self, session_id: str | None) -> ChatSession:
        from ..agents import ChatSession
        from .memory import open_memory, open_refits
        from .second_reader import second_reader_of

        application, options = self.application, self.options
        return ChatSession(
            self.library,
            application.backend,
            application.conversations,
            application.settings,
            collections=self.collections,
            prompts=application.paths.prompts,
            session_id=session_id,
            team=options.team,
            passages=options.passages,
            seed=options.seed,
            filters=options.filters,
            speeds=application.models.speeds,
            second_reader=second_reader_of(application),
            memory=open_memory(application),
            refits=open_refits(application),
        )
