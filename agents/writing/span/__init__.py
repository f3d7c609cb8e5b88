"""All that only span-writing models need: short answers copied from the text, chosen among several candidates."""

from .candidates import Candidate, forced_logprob, no_answer_logprob, propose_candidates
from .completion import complete_span
from .features import FEATURES, FeatureWeights
from .prompts import (
    NO_ANSWER,
    load_inverse_prompt,
    load_span_prompt,
    load_tuned_prompt,
    prompt_name,
    span_contexts,
    span_prompt,
)
from .ranking import Ranked, rank
from .writer import SpanDraft, SpanModel, write_span

__all__ = [
    "FEATURES",
    "NO_ANSWER",
    "Candidate",
    "FeatureWeights",
    "Ranked",
    "SpanDraft",
    "SpanModel",
    "complete_span",
    "forced_logprob",
    "load_inverse_prompt",
    "load_span_prompt",
    "load_tuned_prompt",
    "no_answer_logprob",
    "prompt_name",
    "propose_candidates",
    "rank",
    "span_contexts",
    "span_prompt",
    "write_span",
]
