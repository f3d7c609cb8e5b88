"""Errors of the learning loop."""

from __future__ import annotations

from ..errors import AylluError


class ExtraMissing(AylluError):
    """A part that is installed on demand is not here."""

    kind = "extra_missing"

    def __init__(self, extra: str, cause: Exception) -> None:
        super().__init__(f"This needs the extra `{extra}` ({cause}).", hint=f"Install it: `ayllu setup {extra}`.")


class Interrupted(AylluError):
    """Training was stopped; it can go on."""

    kind = "interrupted"


class TooLittle(AylluError):
    """The data are too few, or too much alike, to learn from."""

    kind = "too_little"


class NoParity(AylluError):
    """An exported adapter does not answer as the trained one does."""

    kind = "no_parity"


class Unsupported(AylluError):
    """A model architecture that cannot be exported."""

    kind = "unsupported"
