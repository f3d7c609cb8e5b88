"""How probable it must be that the documents answer, before a question is answered."""

from __future__ import annotations

from ...adapters import LearnedExtras, read_learned
from ...backends import Backend, HasAdapterFolder, HasProfile
from ...config import Settings
from ...models import SAFE, Profile
from .answerable import CALIBRATION


def learned_by(backend: Backend) -> LearnedExtras:
    """What was learned along with the adapter at work; nothing for an untuned model."""
    return read_learned(backend.adapter_folder if isinstance(backend, HasAdapterFolder) else None)


def profile_of(backend: Backend) -> Profile:
    """How its model is asked; the safe way where the backend does not know it."""
    return backend.profile if isinstance(backend, HasProfile) else SAFE


def answer_threshold(backend: Backend, settings: Settings) -> float:
    """A probability, 0 to 1: as it was set, as it was learned with the adapter at work, or as fitted."""
    if settings.agents.critic_threshold is not None:
        return settings.agents.critic_threshold
    learned = learned_by(backend).threshold
    return CALIBRATION.threshold if learned is None else learned
