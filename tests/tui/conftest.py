"""The terminal program over a real library, a scripted model and a home of its own."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.app import Application, ChatOptions, Extra
from ayllu.backends.scripted import ScriptedBackend
from ayllu.conversations import Citation, Evidence, ShownPassage, new_id
from ayllu.retrieval import Embedder
from ayllu.tests.exchanges import exchange
from ayllu.tui import ChatApp

QUESTION = "When is the library open on Sundays?"
SOURCE = "sample/opening-hours.md"
PASSAGE = "# Opening hours\n\nTuesday to Friday, 9:00 to 18:00.\nOn Sundays the library is open from 10:00 to 14:00.\n"
SENTENCE = "On Sundays the library is open from 10:00 to 14:00."


class Home:
    """What a person keeps; `app` opens the program on it, as often as wanted."""

    def __init__(self, folder: Path, embedder: Embedder, backend: ScriptedBackend, stack: ExitStack) -> None:
        self._folder = folder
        self._embedder = embedder
        self._stack = stack
        self.backend = backend
        application = self._application()
        self.conversations = application.conversations
        self.feedback = application.feedback

    def app(
        self,
        session_id: str | None = None,
        before: Callable[[], None] = lambda: None,
        missing: Sequence[str] = (),
        offer: bool = False,
        learns: str = """print('{"reason": "Promoted: [bold]f1[/bold] went up."}')""",
    ) -> ChatApp:
        """`before` is called while all is being opened; `missing` is what learning needs and has not; it runs `learns`."""
        application = self._application(before)
        improve = [sys.executable, "-c", learns]
        training = Extra("train", missing, missing, "about 0.4 GB, 1.6 GB on disk")
        return ChatApp(
            application, ChatOptions(session_id=session_id, offer=offer), improve=improve, training=lambda: training
        )

    def _application(self, before: Callable[[], None] = lambda: None) -> Application:
        application = _Opening(paths.find(self._folder), embedder=self._embedder, backend=self.backend)
        application.before = before
        return self._stack.enter_context(application)

    def keep(self, session_id: str, *, question: str = QUESTION, answer: str | None = None, passage: str = PASSAGE) -> None:
        """Store an answered question, as an earlier run of the program would have."""
        cited = Citation(1, SOURCE, 3, passage, 1.0)
        other = Citation(2, "sample/fees.csv", None, "A year costs 24 euros.", 1.0)
        answered = {
            "short": "10:00 to 14:00",
            "evidence": (Evidence(1, SOURCE, 3, SENTENCE, 0, 9),),
            "citations": (cited,),
            "passages": (cited, other),
            "model": "smollm2-135m-instruct",
            "session_id": session_id,
        }
        text = answer or f"10:00 to 14:00 [1]\n\n> “{SENTENCE}” [1]"
        passages = tuple(
            ShownPassage(shown.n, f"c{shown.n}", shown.source, shown.page, shown.text) for shown in (cited, other)
        )
        self.conversations.save(exchange(new_id("m"), text, question, passages=passages, answered=answered))


class _Opening(Application):
    """Calls `before` when it is about to be opened."""

    before: Callable[[], None]

    def prepare(self, *, chat: bool = False) -> None:
        self.before()
        super().prepare(chat=chat)


@pytest.fixture
def home(embedder: Embedder, tmp_path: Path) -> Iterator[Home]:
    likings = {"10:00 to 14:00": -1.0}
    backend = ScriptedBackend("llamacpp", model="smollm2-135m-instruct", style="span", likings=likings)
    with ExitStack() as stack:
        yield Home(tmp_path, embedder, backend, stack)
