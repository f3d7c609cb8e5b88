"""What a team works with, without a model: the scripted backend, and a library whose embedder hashes words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from autogen_core import CancellationToken
from ayllu.agents import Event, Warned
from ayllu.agents.messages import Question, TeamMessage
from ayllu.agents.prompts import load_prompt
from ayllu.agents.roles import ROLES, RoleContext
from ayllu.backends import Backend
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import AgentSettings, Settings
from ayllu.conversations import Conversations
from ayllu.retrieval import Library, load_sample

OPENING = "When is the library open on Sundays?"


@dataclass
class Stage:
    """Agents of a team, each with the same context. `events` is all that they emitted."""

    library: Library
    collection: str
    backend: Backend
    settings: Settings
    events: list[Event] = field(default_factory=list)

    @property
    def context(self) -> RoleContext:
        async def choose_backend() -> Backend:
            return self.backend

        return RoleContext(
            library=self.library,
            settings=self.settings,
            load_prompt=lambda name: load_prompt(name, None),
            passages=3,
            seed=7,
            choose_backend=choose_backend,
            emit=self.events.append,
            warn_once=lambda text: self.events.append(Warned(text)),
            elapsed_s=lambda: 1.5,
        )

    def question(self, text: str = OPENING, query: str | None = None) -> Question:
        return Question(source="user", text=text, query=query or text, collections=(self.collection,))

    async def say(self, role: str, *thread: TeamMessage) -> TeamMessage:
        """What the agent says after `thread`, alone, without a team."""
        agent = ROLES[role](role, self.context)
        message = (await agent.on_messages(thread, CancellationToken())).chat_message
        assert isinstance(message, TeamMessage)
        return message


@pytest.fixture
def stage(library: Library) -> Callable[..., Stage]:
    """Makes a stage; the critic answers all, unless another `threshold` is given."""
    collection = load_sample(library)

    def make(backend: Backend | None = None, threshold: float = 0.0) -> Stage:
        settings = Settings(agents=AgentSettings(critic_threshold=threshold))
        return Stage(library, collection, backend or ScriptedBackend(), settings)

    return make


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    conversations = Conversations.open(tmp_path / "conversations.sqlite")
    yield conversations
    conversations.close()
