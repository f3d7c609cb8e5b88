"""How probable it must be that the documents answer, before a question is answered."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ...adapters import LearnedExtras, read_learned
from ...backends import Backend, HasAdapterFolder, HasProfile
from ...config import Settings
from ...models import SAFE, Profile
from ..writing import Method
from .answerable import calibration_of
from .decisions import MIN_ANSWERABLE


def learned_by(backend: Backend) -> LearnedExtras:
    """What was learned along with the adapter at work; nothing for an untuned model."""
    return read_learned(backend.adapter_folder if isinstance(backend, HasAdapterFolder) else None)


def profile_of(backend: Backend) -> Profile:
    """How its model is asked; the safe way where the backend does not know it."""
    return backend.profile if isinstance(backend, HasProfile) else SAFE


@dataclass(frozen=True, slots=True)
class Bounds:
    """Probabilities, 0 to 1, that the documents answer."""

    hopeless: float  # below it the model is not asked
    threshold: float  # below it nothing is answered that does not stand in the documents word for word
    quoting: float = 0.0  # below it no sentence takes the place of prose
    chosen: bool = field(default=False, compare=False)  # by the person, in the settings

    def moved(self, bias: float) -> Bounds:
        """For log-odds that are moved by `bias`; what the person chose stays."""
        if self.chosen or not bias:
            return self
        return Bounds(_moved(self.hopeless, bias), _moved(self.threshold, bias), _moved(self.quoting, bias))


def _moved(probability: float, bias: float) -> float:
    """The probability that becomes this one by `bias`; 0 and 1 stay, for they are no measurements."""
    if not 0 < probability < 1:
        return probability
    return 1 / (1 + (1 - probability) / probability * math.exp(bias))


def answer_bounds(backend: Backend, settings: Settings, embedder: str, method: Method) -> Bounds:
    """As they were set, as they were learned with the adapter at work, or as fitted for the embedder and the style.

    For an embedder that nothing was fitted for there are none: the model is asked, and its own word and the support of what
    it writes decide.
    """
    if settings.agents.critic_threshold is not None:
        least = settings.agents.critic_threshold
        return Bounds(min(MIN_ANSWERABLE, least) if method == "span" else least, least, least, chosen=True)
    calibration = calibration_of(embedder)
    if method == "prose":
        if calibration is None:
            return Bounds(0.0, 0.0)
        return Bounds(calibration.hopeless, calibration.prose_threshold, calibration.quote_threshold)
    fitted = 0.0 if calibration is None else calibration.threshold
    learned = learned_by(backend).threshold
    threshold = fitted if learned is None else learned
    return Bounds(min(MIN_ANSWERABLE, threshold) if method == "span" else threshold, threshold)
