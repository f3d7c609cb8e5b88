"""Downloads that a person knows of: asked for once where somebody can be asked, and announced everywhere.

The one place through which models are pulled, whoever needs them. `agree` is for commands that are a yes by themselves.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..models import DiskFull, ModelInfo, ModelStore, Progress, PullFailed, embedder_name, reranker_name
from ..text import size

if TYPE_CHECKING:
    from ..config import Settings
    from .reporter import Reporter


class DownloadDeclined(PullFailed):
    """The person was asked, and wants nothing downloaded."""

    kind = "download_declined"

    def __init__(self, models: Sequence[ModelInfo], folder: Path) -> None:
        names = " and ".join(model.name for model in models)
        super().__init__(
            f"Nothing was downloaded, and {names} {'is' if len(models) == 1 else 'are'} needed for this.",
            hint=f"`ayllu models pull {' '.join(model.name for model in models)}` downloads into {folder} when you like; "
            "`ayllu backends discover` looks for model servers that run already.",
        )


class ModelMissing(PullFailed):
    """A model is not here, and whoever looks for it only looks."""

    kind = "model_missing"

    def __init__(self, model: ModelInfo) -> None:
        super().__init__(
            f"{model.name} ({size(model.size_bytes)}) is not here yet.",
            hint=f"`ayllu models pull {model.name}`; the first question does it too.",
        )


class ConsentingStore(ModelStore):
    """A model store that pulls nothing before the person has agreed, where one can be asked."""

    def __init__(self, folder: Path, reporter: Callable[[], Reporter]) -> None:
        super().__init__(folder)
        self._reporter = reporter
        self._agreed: set[str] = set()
        self._declined: dict[str, DownloadDeclined] = {}
        self._forbidden = False

    def forbid_downloads(self) -> None:
        """From now on a model that is not here is an error: for commands that look, and change nothing."""
        self._forbidden = True

    def agree(self, names: Iterable[str]) -> None:
        """The person has named these for download: nobody asks about them."""
        self._agreed.update(names)

    def request(self, names: Iterable[str]) -> None:
        """Ask once for all of `names` that would have to be downloaded.

        Raises:
            DownloadDeclined: the person says no, or has said so before.
        """
        confirm = self._reporter().confirm
        if confirm is None:
            return
        undecided = [name for name in dict.fromkeys(names) if name not in self._agreed]
        missing = [self.info(name) for name in undecided if self.path(name) is None and not self.adopt(name)]
        if not missing:
            return
        for model in missing:
            if model.name in self._declined:
                raise self._declined[model.name]
        if not confirm(download_question(missing, self.folder)):
            declined = DownloadDeclined(missing, self.folder)
            self._declined.update({model.name: declined for model in missing})
            raise declined
        self.agree(model.name for model in missing)

    def ensure(self, name: str, progress: Progress | None = None, announce: Callable[[str], None] | None = None) -> Path:
        if self._forbidden and self.path(name) is None:
            raise ModelMissing(self.info(name))
        self.request([name])
        reporter = self._reporter()
        return super().ensure(name, progress or reporter.progress, announce or reporter.announce)


def download_question(models: Sequence[ModelInfo], folder: Path) -> str:
    """What would be downloaded, how large it is and from where, as a question to be answered by yes or no."""
    lines = ["ayllu needs model files that are not on this machine yet:"]
    for model in models:
        lines.append(f"  {model.title}: {size(model.size_bytes)}, {model.licence}")
        lines.append(f"    from {', else '.join(model.downloads)}")
    total = size(sum(model.size_bytes for model in models))
    return "\n".join([*lines, f"Download {total} into {folder}?"])


def request_needed(models: ConsentingStore, settings: Settings, *, embedder: bool, chat: bool) -> None:
    """Ask once for what `pull_needed` would pull.

    Raises:
        DownloadDeclined: the person said no, and nothing can be done without.
    """
    embedders, chats = _embedders(settings) if embedder else [], _chat_models(settings) if chat else []
    try:
        models.request([*embedders, *_rerankers(settings), *chats])
    except DownloadDeclined:
        needed = embedders if _others_answer(settings) else [*embedders, *chats]
        if any(models.path(name) is None for name in needed):
            raise


def pull_needed(
    models: ConsentingStore, settings: Settings, warn: Callable[[str], None], *, embedder: bool, chat: bool
) -> None:
    """Pull what is missing; where another backend may answer, the embedded model's failing is no reason not to ask that one.

    Raises:
        PullFailed, DiskFull: what cannot be done without could not be had.
    """
    for name in _embedders(settings) if embedder else []:
        models.ensure(name)
    for name in _rerankers(settings):
        with contextlib.suppress(PullFailed, DiskFull):  # the search goes on without it, and says so
            models.ensure(name)
    for name in _chat_models(settings) if chat else []:
        try:
            models.ensure(name)
        except (PullFailed, DiskFull) as error:
            if not _others_answer(settings):
                raise
            warn(f"{error.message} {error.hint}")


def _embedders(settings: Settings) -> list[str]:
    name = embedder_name(settings.models.embedder)
    return [] if name is None else [name]


def _rerankers(settings: Settings) -> list[str]:
    name = reranker_name(settings.retrieval.reranker)
    return [] if name is None else [name]


def _chat_models(settings: Settings) -> Sequence[str]:
    from ..backends import embedded_models  # and not above: who reads documents needs none

    return embedded_models(settings)


def _others_answer(settings: Settings) -> bool:
    """Whether somebody besides the embedded model may be asked."""
    from ..backends import answering_backends

    return len(answering_backends(settings)) > 1
