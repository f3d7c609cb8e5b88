"""What the loop works with: everything opened, and who is told of what goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...adapters import AdapterRegistry
from ...config import Settings
from ...conversations import Style
from ...evaluation import EvalSet
from ...models import ModelStore
from ...retrieval import Embedder
from ..data import Marker, general_set
from ..progress import Progress, silent
from .target import Target

Search = Callable[[str], Sequence[str]]
"""A question's passages in the person's library, the best first."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """`work` is a folder for what is unfinished."""

    registry: AdapterRegistry
    models: ModelStore
    embedder: Embedder
    settings: Settings
    work: Path
    prompts: Path | None = None
    progress: Progress = silent
    announce: Callable[[str], None] = lambda text: None
    general: EvalSet = field(default_factory=general_set)  # what must not be unlearned
    search: Search | None = None
    target: Target = Target()  # noqa: RUF009 # frozen
    mark: Marker | None = None  # what a correction rests on, where it does not say so itself

    def labelled(self, label: str) -> Progress:
        """Progress with `label` before each of its own."""
        return lambda step, done, total: self.progress(f"{label}: {step}", done, total)

    @property
    def chat(self) -> str:
        return self.settings.models.chat

    @property
    def style(self) -> Style:
        """How the model writes that is to answer: what the settings say, or what suits it."""
        if self.target.style is not None:
            return self.target.style
        own = self.models.info(self.chat).style
        return own if self.settings.models.style == "auto" else self.settings.models.style

    @property
    def server_style(self) -> Style:
        """How a model that a server runs writes."""
        return "prose" if self.settings.models.style == "auto" else self.settings.models.style
