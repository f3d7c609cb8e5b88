"""From the log to an adapter that is put to work, or kept with the reason why not."""

from .explaining import explain
from .improve import Improvement, improve
from .report import loss_line
from .target import Target
from .train import train
from .workspace import Workspace

__all__ = ["Improvement", "Target", "Workspace", "explain", "improve", "loss_line", "train"]
