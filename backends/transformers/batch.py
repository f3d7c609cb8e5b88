"""Several answers decoded at once: a step for one token of each costs a GPU hardly more than one for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .answer import PendingAnswer
from .prompt_cache import PromptCache


def decode_batch(model: Any, cache: PromptCache, device: str, answers: Sequence[PendingAnswer]) -> None:
    """Bring all of them to their end. Prompts are filled up on the left, and what fills them is not looked at.

    The model is called as the `cache` calls it; what that holds plays no part.
    """
    import torch
    from transformers.cache_utils import DynamicCache

    longest = max(len(answer.prompt) for answer in answers)
    ids = torch.zeros((len(answers), longest), dtype=torch.long)
    seen = torch.zeros((len(answers), longest), dtype=torch.long)
    for row, answer in enumerate(answers):
        ids[row, longest - len(answer.prompt) :] = torch.tensor(answer.prompt)
        seen[row, longest - len(answer.prompt) :] = 1
    options = {cache.argument: DynamicCache(config=model.config), **cache.last_only}
    ids, seen = ids.to(device), seen.to(device)
    at = (seen.cumsum(-1) - 1).clamp(min=0)
    with torch.inference_mode():
        while True:
            out = model(input_ids=ids, attention_mask=seen, position_ids=at, use_cache=True, **options)
            scores = out.logits[:, -1].float().cpu().numpy()
            tokens = [answer.next_token(row) for answer, row in zip(answers, scores, strict=True)]
            if all(token is None for token in tokens):
                return
            ids = torch.tensor([[token or 0] for token in tokens], device=device)  # an ended row goes on with nothing
            seen = torch.cat([seen, torch.ones_like(ids)], dim=1)
            at = at[:, -1:] + 1
