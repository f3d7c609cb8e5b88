"""A causal language model in this process, decoded one token at a time (transformers 4.57 and 5).

The loop is ours and not `generate()`: a stop is looked for before every token and inside a long prompt, a grammar and the
log-probabilities see the same scores, and what a prompt has in common with the last one is not read again. All of it
blocks, and only one thread may call it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

from ...text import one_line
from ..base import Piece
from ..errors import BackendFailed, ContextOverflow
from .answer import PendingAnswer
from .batch import decode_batch
from .generation import Generation, GenerationRequest
from .grammars import Grammars
from .lora import LoraOnModel
from .prompt_cache import PromptCache
from .spelling import spell_pieces


class Engine:
    """One loaded model and its tokenizer. `context` is in tokens: what was allowed, or what the model reads at most."""

    def __init__(self, model: Any, tokenizer: Any, device: str, context: int) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.device = device
        self.dtype = str(model.dtype).removeprefix("torch.")
        self.context = min(context, int(getattr(model.config, "max_position_embeddings", context)))
        self.cache = PromptCache(model, device, fixed=device.startswith("cuda"))
        self._lora = LoraOnModel(model, device)
        self._end_tokens = _end_tokens(model, tokenizer)

    def put_on(self, folder: Path | None) -> None:
        """Answer with the PEFT LoRA in `folder` from now on; `None`: untuned. The one before it is taken off first.

        Raises:
            BackendFailed: it cannot be loaded; the model is untuned then.
        """
        self.cache.forget()
        self._lora.put_on(folder)

    def tokens(self, text: str, *, special: bool = False, control: bool = False) -> list[int]:
        """Token ids; `special` adds what this model begins a text with. `control`: it is a filled-in chat template.

        Without `control`, what looks like a control token of the model is text.
        """
        ids: list[int] = self.tokenizer(text, add_special_tokens=special, split_special_tokens=not control).input_ids
        return ids

    def pieces(self, text: str, *, special: bool = False) -> list[Piece]:
        """Tokens with the text each adds: they join to `text`."""
        return spell_pieces(self.tokenizer, self.tokens(text, special=special))

    def generate(self, request: GenerationRequest, on_piece: Callable[[str], None], stop: Event) -> Generation:
        """Continue the prompt; `on_piece` gets each piece of text as it comes, and once `stop` is set no token follows.

        Raises:
            ContextOverflow: the prompt leaves no room.
            UsageError: there is no such grammar.
            BackendFailed: the model failed.
        """
        import torch

        answer = self._pend(request, on_piece, stop)
        with self._failing(), torch.inference_mode():
            cached = self.cache.keep_common(answer.prompt, request.max_tokens, self.context)
            token = answer.next_token(self.cache.read_prompt(answer.prompt[cached:], stop))
            while token is not None:
                token = answer.next_token(self.cache.read([token]))
        return answer.end(cached)

    def generate_all(
        self, requests: Sequence[GenerationRequest], on_pieces: Sequence[Callable[[str], None]], stops: Sequence[Event]
    ) -> list[Generation]:
        """Continue several prompts at once, token by token; what the last one alone had read is not kept.

        Raises:
            ContextOverflow: a prompt leaves no room.
            UsageError: there is no such grammar.
            BackendFailed: the model failed, by the size of the batch perhaps.
        """
        self.cache.forget()
        answers = [self._pend(*each) for each in zip(requests, on_pieces, stops, strict=True)]
        with self._failing():
            decode_batch(self.model, self.cache, self.device, answers)
        return [answer.end(cached=0) for answer in answers]

    def _pend(self, request: GenerationRequest, on_piece: Callable[[str], None], stop: Event) -> PendingAnswer:
        prompt = list(request.prompt) or [self._beginning]
        if len(prompt) >= self.context:
            raise ContextOverflow(len(prompt), self.context)
        held = self._grammars.begin(request.grammar) if request.grammar is not None else None
        room = min(request.max_tokens, self.context - len(prompt))
        return PendingAnswer(request, prompt, room, self.tokenizer, self._end_tokens, held, on_piece, stop)

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """Forget what was half read, and say what torch could not."""
        try:
            yield
        except RuntimeError as error:  # torch's own, memory that ran out among them
            self.cache.forget()
            raise BackendFailed(
                f"The model failed: {one_line(str(error), 300)}.",
                hint="If memory ran out, lower `context` or take a smaller model.",
            ) from error
        except BaseException:
            self.cache.forget()
            raise

    def measure_token_s(self) -> float:
        """Seconds for one token, apart from any text."""
        import torch

        began = time.perf_counter()
        with torch.inference_mode():
            self.model(input_ids=torch.tensor([[self._beginning]], device=self.device), use_cache=False)
        return time.perf_counter() - began

    @property
    def _beginning(self) -> int:
        """What an empty prompt is taken for."""
        begins = self.tokenizer.bos_token_id
        return int(begins if begins is not None else self.tokenizer.eos_token_id or 0)

    @cached_property
    def _grammars(self) -> Grammars:
        vocabulary = int(self.model.get_output_embeddings().weight.shape[0])
        return Grammars(self.tokenizer.backend_tokenizer.to_str(), vocabulary, sorted(self._end_tokens))


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer, by the model's settings and its tokenizer's."""
    setting = getattr(model.generation_config, "eos_token_id", None)
    tokens = {*(setting if isinstance(setting, list) else [setting]), tokenizer.eos_token_id}
    return frozenset(int(token) for token in tokens if token is not None)
