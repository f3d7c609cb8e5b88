"""The libraries of the `train` extra: whether they are here, and how they behave."""

from __future__ import annotations

import logging
import os
import warnings

from ..errors import ExtraMissing

log = logging.getLogger(__name__)


def check_installed() -> None:
    """Make the libraries of the `train` extra ready to be imported.

    Raises:
        ExtraMissing: one is not installed.
    """
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"  # TRL reports every trainer to the hub otherwise
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["TQDM_DISABLE"] = "1"  # progress is shown by whoever asked
    warnings.filterwarnings("ignore", module=r"transformers|peft|trl|torch|huggingface_hub")
    try:
        import datasets
        import gguf
        import huggingface_hub
        import matplotlib
        import peft
        import torch
        import transformers
        import trl
    except ImportError as error:
        raise ExtraMissing("train", error) from error
    libraries = (datasets, gguf, matplotlib, peft, torch, transformers, trl)
    log.debug("training with %s", [library.__name__ for library in libraries])
    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True  # it read the variable when it was imported, perhaps before
    datasets.disable_progress_bars()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
