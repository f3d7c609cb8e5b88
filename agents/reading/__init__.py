"""What a model that writes prose sees of the findings: what it can read in time, in an order that its cache knows."""

from .arranging import Arranged, Wanted, arrange
from .budget import Budget, budget_for
from .labels import name_of
from .memory import PromptMemory, Reader
from .tokens import TokenCounter

__all__ = ["Arranged", "Budget", "PromptMemory", "Reader", "TokenCounter", "Wanted", "arrange", "budget_for", "name_of"]
