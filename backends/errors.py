"""What can go wrong between us and a model server."""

from __future__ import annotations

from ..errors import AylluError, ConfigError


class BackendUnreachable(AylluError):
    """No answer from the server. `again`: asking once more may succeed (our own worker can be restarted)."""

    kind = "backend_unreachable"

    def __init__(self, message: str, *, hint: str, again: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.again = again


class BackendFailed(AylluError):
    """The server answered with an error, with something unreadable, or stopped in the middle.

    `everywhere`: the question itself is at fault, so that another server would refuse it too.
    """

    kind = "backend_failed"

    def __init__(self, message: str, *, hint: str, everywhere: bool = False) -> None:
        super().__init__(message, hint=hint)
        self.everywhere = everywhere


class ContextOverflow(AylluError):
    """The prompt is longer than the model's context window. Both counts are in tokens; 0 where the server does not say."""

    kind = "context_overflow"

    def __init__(self, prompt_tokens: int, context: int) -> None:
        over = prompt_tokens - context
        by = f", {over:,} tokens too many" if context and over > 0 else ""
        super().__init__(
            f"The prompt has {prompt_tokens:,} tokens and the model reads {context:,}{by}."
            if prompt_tokens and context
            else "The prompt is longer than the model's context window.",
            hint="Ask a shorter question, show fewer passages (`-k`), or raise `context` in the backend's settings.",
        )
        self.prompt_tokens = prompt_tokens
        self.context = context


class UnknownBackend(ConfigError):
    """A name or a kind that nobody has registered."""


class NotSetUp(ConfigError):
    """A backend that nobody has set up: it has no address, or what it needs is not installed."""
