"""From a model's last states to the logits of a token, for some positions alone: what a family does beyond its head."""

from __future__ import annotations

from typing import Any

_SCALES = ("logit_scale", "logits_scaling")  # of Cohere's and Granite's models


def is_plain_head(model: Any) -> bool:
    """Whether `answer_logits` knows all that the model does with what its head gives."""
    return all(getattr(model.config, name, None) in (None, 1, 1.0) for name in _SCALES)


def answer_logits(model: Any, states: Any) -> Any:
    """Of states (n, width), float32 (n, vocabulary)."""
    logits = model.lm_head(states).float()
    most = getattr(model.config, "final_logit_softcapping", None)  # Gemma 2
    return logits if most is None else most * (logits / most).tanh()
