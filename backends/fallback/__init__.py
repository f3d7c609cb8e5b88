"""Several backends in order, of which the first that is well answers."""

from .attempts import Attempt, Attempts
from .backend import FallbackBackend, combined_health
from .targets import Targets

__all__ = ["Attempt", "Attempts", "FallbackBackend", "Targets", "combined_health"]
