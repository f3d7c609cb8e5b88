"""What can go wrong when weights are fetched or read."""

from __future__ import annotations

from ..errors import AylluError
from ..text import count


class PullFailed(AylluError):
    """No download could give the model."""

    kind = "pull_failed"


class DiskFull(AylluError):
    """The disk has no room for the model."""

    kind = "disk_full"


class ProbeRunning(AylluError):
    """Another process probes the model."""

    kind = "probe_running"

    def __init__(self, answers: int) -> None:
        super().__init__(
            f"This model is being probed by another process ({count(answers, 'answer')} so far).",
            hint="`ayllu models list` shows how far it is; until then the model is asked the safe way.",
        )


class BaseUnreachable(PullFailed):
    """A base model that the hub does not give."""

    kind = "base"

    def __init__(self, hub_id: str, cause: Exception) -> None:
        super().__init__(
            f"The base model {hub_id} cannot be had from the Hugging Face hub ({type(cause).__name__}).",
            hint="See that its name is right and that you may read it, or give a folder that holds it.",
        )


class ConversionFailed(AylluError):
    """The folder does not hold a BERT encoder that can be converted."""

    kind = "conversion_failed"
