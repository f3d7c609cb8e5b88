"""The terminal program over a real library, the real models and a home of its own."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from ayllu.agents import ChatSession
from ayllu.backends import Backend
from ayllu.config import Settings
from ayllu.conversations import Conversations
from ayllu.conversations.store import StoredMessage, new_id
from ayllu.feedback import FeedbackLog
from ayllu.retrieval import Library, load_sample
from ayllu.tui import ChatApp, ChatParts

QUESTION = "When is the library open on Sundays?"
SOURCE = "sample/opening-hours.md"
PASSAGE = "# Opening hours\n\nTuesday to Friday, 9:00 to 18:00.\nOn Sundays the library is open from 10:00 to 14:00.\n"
SENTENCE = "On Sundays the library is open from 10:00 to 14:00."


class Home:
    """What a person keeps; `app` opens the program on it, as often as wanted."""

    def __init__(self, library: Library, backend: Backend, folder: Path, stack: ExitStack) -> None:
        self.library = library
        self.backend = backend
        self.conversations = Conversations.open(folder / "conversations.sqlite")
        stack.callback(self.conversations.close)
        self.feedback = FeedbackLog.open(folder / "feedback.sqlite")
        stack.callback(self.feedback.close)
        self.collection = load_sample(library)

    def session(self, session_id: str | None = None) -> ChatSession:
        return ChatSession(
            self.library,
            self.backend,
            self.conversations,
            Settings(),
            collection=self.collection,
            session_id=session_id,
        )

    def app(self, session_id: str | None = None, before: Callable[[], None] = lambda: None) -> ChatApp:
        def open_parts(announce: Callable[[str], None]) -> ChatParts:
            before()
            announce("opening…")
            return ChatParts(
                library=self.library,
                backend=self.backend,
                conversations=self.conversations,
                feedback=self.feedback,
                settings=Settings(),
                collection=self.collection,
                sample=True,
                session=self.session(session_id),
                new_session=self.session,
                close=self.backend.close,
                learnt=lambda: 0,
                improve=[sys.executable, "-c", """print('{"reason": "Promoted: [bold]f1[/bold] went up."}')"""],
            )

        return ChatApp(open_parts)

    def keep(self, session_id: str, *, question: str = QUESTION, answer: str | None = None, passage: str = PASSAGE) -> None:
        """Store an answered question, as an earlier run of the program would have."""
        cited = {"n": 1, "source": SOURCE, "page": 3, "text": passage, "score": 1.0}
        body = {
            "question": question,
            "answer": answer or f"10:00 to 14:00 [1]\n\n> “{SENTENCE}” [1]",
            "short": "10:00 to 14:00",
            "kind": "draft",
            "evidence": [{"n": 1, "source": SOURCE, "page": 3, "text": SENTENCE, "start": 0, "end": 9}],
            "citations": [cited],
            "passages": [
                cited,
                {**cited, "n": 2, "source": "sample/fees.csv", "page": None, "text": "A year costs 24 euros."},
            ],
            "model": "smollm2-135m-instruct",
            "timings": {"total_s": 1.25},
            "abstained": False,
            "message_id": (message_id := new_id("m")),
        }
        self.conversations.save(
            StoredMessage(message_id, session_id, "2026-01-01T10:00:00Z", question, body, [], [], "m", None, "llamacpp", {})
        )


@pytest.fixture
async def home(real_library: Library, real_backend: Backend, tmp_path: Path) -> Iterator[Home]:
    with ExitStack() as stack:
        yield Home(real_library, real_backend, tmp_path, stack)
