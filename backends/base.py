"""The seams to a model server: `Backend` (AutoGen's client plus health) and the optional `RawCompletion`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from autogen_core.models import ChatCompletionClient, CreateResult, LLMMessage

from ..adapters import ActiveAdapters
from ..config import Settings
from ..models import ModelStore, Profile, Progress


@dataclass(frozen=True, slots=True)
class Health:
    """What one look at a backend showed. `error` says why it is not healthy, and `hint` what to do."""

    name: str
    healthy: bool
    model: str | None = None
    adapter: str | None = None
    context: int | None = None  # tokens
    latency_s: float | None = None
    error: str | None = None
    hint: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)  # what only this kind of backend knows


@dataclass(frozen=True, slots=True)
class Reading:
    """How a server read a prompt: `tokens` of it anew, in `seconds`; `cached` ones it knew already."""

    tokens: int
    seconds: float
    cached: int = 0


class ResultWithNotices(CreateResult):
    """A chat answer with what the person should know of how it came about; `reading` where the server measures it."""

    notices: tuple[str, ...] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class TokenChoice:
    """One candidate for the next token, as the server lists it."""

    id: int
    text: str
    logprob: float


@dataclass(frozen=True, slots=True)
class Completion:
    """A finished raw completion. `logprobs` holds the chosen token's log-probability, one a generated token."""

    text: str
    tokens: int
    logprobs: Sequence[float] = ()
    first: Sequence[TokenChoice] = ()  # the likeliest first tokens, best first; empty unless `n_probs` was given
    prompt_tokens: int = 0  # 0 where the server does not say
    cached_tokens: int = 0
    finish: str = "stop"  # "stop" or "length"
    writing_s: float = 0.0  # seconds the tokens took, the prompt not counted; 0 where the server does not say


@dataclass(frozen=True, slots=True)
class Piece:
    """One token of a tokenized text, and the text it adds; of a character in several, the first has it."""

    id: int
    text: str


@dataclass(frozen=True, slots=True)
class RawRequest:
    """One raw completion: no chat template is applied to `prompt`. Greedy unless `temperature` is above 0."""

    prompt: str | Sequence[int]  # text, or token ids
    max_tokens: int = 64
    stop: Sequence[str] = field(default=())
    grammar: str | None = None  # GBNF (llama.cpp)
    schema: Mapping[str, Any] | None = None  # JSON schema
    regex: str | None = None  # the whole answer matches it (TGI)
    n_probs: int = 0  # how many candidates to list for each position; TGI lists at most 5
    temperature: float = 0.0
    seed: int | None = None


@runtime_checkable
class RawCompletion(Protocol):
    """What llama.cpp and TGI's generate can do beyond chat."""

    async def complete(self, request: RawRequest) -> Completion:
        """Run one request to its end. Cancelling the awaiting task stops the server's work."""
        ...

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        """The model's own tokens of `text`; `special` adds the beginning-of-text token."""
        ...


@runtime_checkable
class Backend(Protocol):
    """A model server by name. Started on first use, closed by whoever opened it."""

    @property
    def name(self) -> str:
        """Who answers: `llamacpp`, `openai`, ... or the name of a `[backends.NAME]` table."""
        ...

    @property
    def kind(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def adapter(self) -> str | None:
        """The tuned adapter at work; before the model is loaded, the one that it will be loaded with.

        A model with one is asked in the form it was tuned in.
        """
        ...

    @property
    def style(self) -> Literal["span", "prose"]:
        """How this model writes best: short answers copied from the text, or sentences of its own."""
        ...

    @property
    def client(self) -> ChatCompletionClient:
        """The AutoGen client that agents call; the server is started by the first call."""
        ...

    @property
    def raw(self) -> RawCompletion | None:
        """Raw completion, where this server has it."""
        ...

    async def start(self) -> None:
        """Bring the server up and wait until it answers; does nothing where it is up.

        Called before each question, and not within one: a newly promoted adapter goes to work here.
        """
        ...

    async def health(self) -> Health:
        """Look without starting more than is needed; never raises for a server that is down."""
        ...

    async def close(self) -> None: ...


@runtime_checkable
class HasAdapterFolder(Protocol):
    """A backend that knows where on this disk its adapter is kept."""

    @property
    def adapter_folder(self) -> Path | None:
        """The folder of the adapter at work, with whatever else was learnt along; nothing for an untuned model.

        Before the model is loaded, of the adapter that it will be loaded with.
        """
        ...


@runtime_checkable
class HoldsWeights(Protocol):
    """A backend whose server says which model it has loaded, and answers with adapters of it."""

    async def weights(self) -> str:
        """What it was loaded from, as the server says it: a hub id or a folder.

        Raises:
            BackendUnreachable, BackendFailed: it is not up, or takes no adapters; the hint says what to start it with.
        """
        ...


@runtime_checkable
class HasProfile(Protocol):
    """A backend that knows how its model is asked best."""

    @property
    def profile(self) -> Profile:
        """As a probe of the model found, or as the manifest says, or the safe one."""
        ...

    @property
    def profile_key(self) -> str | None:
        """Under which a probe of the model is kept; None while it is not known which one it is."""
        ...


@runtime_checkable
class ReadsAhead(Protocol):
    """A chat client that can be given the beginning of a prompt before the rest is known."""

    async def read_ahead(self, messages: Sequence[LLMMessage]) -> Reading | None:
        """Have the server read what every prompt begins with, and keep it in its cache.

        Returns how fast it went; nothing where that was not measured.

        Raises:
            AylluError: the server failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class BackendContext:
    """What a factory may use besides its own table. `open_backend` opens another, for one that asks others."""

    settings: Settings
    models: ModelStore
    announce: Callable[[str], None] | None
    progress: Progress | None
    adapters: ActiveAdapters | None
    open_backend: Callable[[str], Backend]
