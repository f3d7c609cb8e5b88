"""Documents read and parsed in processes of their own, each within bounds of time and memory."""

from .pool import ParsingPool, Pending
from .tasks import Bounds, Outcome, Task

__all__ = ["Bounds", "Outcome", "ParsingPool", "Pending", "Task"]
