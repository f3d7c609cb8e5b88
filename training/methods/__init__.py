"""How a model learns: its base, the settings chosen for a machine, and a file a method."""

from .base_models import ModelSize, base_config, copy_model, copy_tokenizer, model_size
from .bases import Base, find_base, find_served_base
from .heads import answer_logits
from .hyperparameters import choose_epochs, choose_hyperparameters, describe
from .libraries import check_installed
from .machine import Machine, this_machine
from .memory import release_memory
from .options import Hyperparameters, TrainingOptions
from .sft import Curve, TrainingRun, train_sft
from .shared_prefix import join_by_prefix

__all__ = [
    "Base",
    "Curve",
    "Hyperparameters",
    "Machine",
    "ModelSize",
    "TrainingOptions",
    "TrainingRun",
    "answer_logits",
    "base_config",
    "check_installed",
    "choose_epochs",
    "choose_hyperparameters",
    "copy_model",
    "copy_tokenizer",
    "describe",
    "find_base",
    "find_served_base",
    "join_by_prefix",
    "model_size",
    "release_memory",
    "this_machine",
    "train_sft",
]
