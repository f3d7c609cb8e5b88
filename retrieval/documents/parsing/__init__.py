"""Documents read and parsed in processes of their own, each within bounds of time and memory."""

from typing import TYPE_CHECKING

from ....deferred import deferred

if TYPE_CHECKING:
    from .bounds import bounds_with
    from .pool import ParsingPool, Pending
    from .quick import perform_quickly
    from .tasks import DEFAULT_BOUNDS, Bounds, Outcome, Task
else:
    __getattr__ = deferred(
        __name__,
        {
            "bounds": ["bounds_with"],
            "pool": ["ParsingPool", "Pending"],
            "quick": ["perform_quickly"],
            "tasks": ["DEFAULT_BOUNDS", "Bounds", "Outcome", "Task"],
        },
    )

__all__ = ["DEFAULT_BOUNDS", "Bounds", "Outcome", "ParsingPool", "Pending", "Task", "bounds_with", "perform_quickly"]
