"""A causal language model in this process, decoded one token at a time (transformers 4.57 and 5).

The loop is ours and not `generate()`: a stop is looked for before every token and inside a long prompt, a grammar and the
log-probabilities see the same scores, and what a prompt has in common with the last one is not read again. All of it
blocks, and only one thread may call it.
"""

from __future__ import annotations

import inspect
import os
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

from ...models import load_base
from ...text import one_line
from ..base import Piece, TokenChoice
from ..errors import BackendFailed, ContextOverflow
from ..wire import Stops
from .sampling import Grammars, Sampler, Sampling, Scores, log_odds

_FIRST_BLOCK = 32  # tokens of a prompt that are read at once at first; then as many as take `_BLOCK_S`
_BLOCK_S = 0.2  # the longest a stop waits while a prompt is read
_HALF = "\ufffd"  # what half a character is decoded to
_HELD_BACK = 8  # tokens that may wait for the other half


@dataclass(frozen=True, slots=True)
class Ask:
    """A prompt to be continued. `grammar` is llguidance's; `n_probs` candidates are listed for the first token."""

    ids: Sequence[int]
    most: int  # tokens
    sampling: Sampling = field(default_factory=Sampling)
    stop: Sequence[str] = ()
    grammar: str | None = None
    n_probs: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """What came of it. The end token counts among `tokens` and `logprobs`; `finish`: "stop", "length" or "stopped"."""

    text: str
    tokens: int
    finish: str
    prompt_tokens: int
    cached_tokens: int
    logprobs: Sequence[float] = ()
    first: Sequence[TokenChoice] = ()


class Engine:
    """One loaded model, its tokenizer, and the keys and values of the last text it read."""

    def __init__(self, model: Any, tokenizer: Any, device: str, context: int) -> None:
        self.model = model.eval()
        self.tokenizer = tokenizer
        self.device = device
        self.dtype = str(model.dtype).removeprefix("torch.")
        self.context = min(context, int(getattr(model.config, "max_position_embeddings", context)))
        self._ends = _end_tokens(model, tokenizer)
        takes = inspect.signature(model.forward).parameters
        if not takes.keys() & {"cache", "past_key_values"}:
            raise BackendFailed(
                f"A `{model.config.model_type}` model keeps no keys and values, and cannot be asked here.",
                hint="Take another model, or a server that runs this one: `ayllu backends discover`.",
            )
        self._cache_name = "cache" if "cache" in takes else "past_key_values"  # transformers 5.24 renamed it
        self._last_only = {"logits_to_keep": 1} if "logits_to_keep" in takes else {}
        self._cache: Any = None
        self.read: list[int] = []  # the tokens whose keys and values are in the cache
        self._adapter: Any = None

    @classmethod
    def load(cls, path: Path, device: str | None, context: int, threads: int | None) -> Engine:
        """Load a GGUF file or a folder; onto a GPU where there is one, unless `device` says otherwise.

        Raises:
            BackendFailed: it cannot be loaded.
        """
        os.environ["TQDM_DISABLE"] = "1"  # no bar may cross a screen
        import torch
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        where = device or _best_device()
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            model, tokenizer = load_base(path, _dtype(where), where)
        except Exception as error:  # an edge: whatever the library makes of these files, or the driver of this device
            raise BackendFailed(
                f"{path.name} could not be loaded by transformers: {one_line(str(error), 300) or type(error).__name__}.",
                hint="Check that it is a causal language model, and that memory suffices: `ayllu doctor`.",
            ) from error
        return cls(model, tokenizer, where, context)

    def put_on(self, folder: Path | None) -> None:
        """Answer with the PEFT LoRA in `folder` from now on; `None`: untuned. The one before it is taken off first.

        Raises:
            BackendFailed: it cannot be loaded; the model is untuned then.
        """
        self._forget()
        if self._adapter is not None:
            self._adapter.unload()
            self._adapter = None
        if folder is not None:
            try:
                with warnings.catch_warnings():  # PEFT calls what transformers 5 has renamed
                    warnings.simplefilter("ignore", FutureWarning)
                    self._wrap(folder)
            except Exception as error:  # an edge: a file that somebody else may have written
                if self._adapter is not None:
                    self._adapter.unload()
                    self._adapter = None
                raise BackendFailed(
                    f"The adapter in {folder} could not be loaded: {one_line(str(error), 300) or type(error).__name__}.",
                    hint="It must be a LoRA of this very model, with adapter_config.json and adapter_model.safetensors.",
                ) from error
            self.model.eval()

    def _wrap(self, folder: Path) -> None:
        from peft import LoraConfig, PeftConfig, PeftModel

        if not (folder / "adapter_model.safetensors").is_file():
            raise ValueError("there is no adapter_model.safetensors")
        config = PeftConfig.from_pretrained(str(folder))
        if not isinstance(config, LoraConfig):
            raise ValueError(f"it is of the kind {config.peft_type}, not LoRA")
        config.inference_mode = True
        self._adapter = PeftModel(self.model, config, adapter_name="tuned", autocast_adapter_dtype=False)
        result = self._adapter.load_adapter(
            str(folder), adapter_name="tuned", torch_device=self.device, autocast_adapter_dtype=False
        )
        if wrong := [*result.unexpected_keys, *(name for name in result.missing_keys if ".tuned." in name)]:
            raise ValueError(f"its weights do not fit: {wrong[0]}")

    # --- text and tokens ---

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        """Token ids; `special` adds what this model begins a text with."""
        ids: list[int] = self.tokenizer(text, add_special_tokens=special).input_ids
        return ids

    def pieces(self, text: str, *, special: bool = False) -> list[Piece]:
        """Tokens with the text each adds: they join to `text`. Of a character split in two, the first has it."""
        spelling = Spelling(self.tokenizer, special=True)
        ids = self.tokens(text, special=special)
        texts, begun = [""] * len(ids), 0
        for at, one in enumerate(ids, start=1):
            if piece := spelling.add(one, last=at == len(ids)):
                texts[begun], begun = piece, at
        return [Piece(one, piece) for one, piece in zip(ids, texts, strict=True)]

    # --- writing ---

    def write(self, ask: Ask, say: Callable[[str], None], stop: Event) -> Written:
        """Continue `ask.ids`; `say` hears each piece of text as it comes, and once `stop` is set no token follows.

        Raises:
            ContextOverflow: the prompt leaves no room.
            UsageError: there is no such grammar.
            BackendFailed: the model failed.
        """
        ids = list(ask.ids) or [self._beginning]
        if len(ids) >= self.context:
            raise ContextOverflow(len(ids), self.context)
        held = self._grammars.open(ask.grammar) if ask.grammar is not None else None
        try:
            return self._write(ids, ask, held, say, stop)
        except RuntimeError as error:  # torch's own, memory that ran out among them
            self._forget()
            raise BackendFailed(
                f"The model failed: {one_line(str(error), 300)}.",
                hint="If memory ran out, lower `context` or take a smaller model.",
            ) from error
        except BaseException:
            self._forget()
            raise

    def _write(self, ids: list[int], ask: Ask, held: Any, say: Callable[[str], None], stop: Event) -> Written:
        import torch

        sampler, text, spelling = Sampler(ask.sampling), Stops(ask.stop), Spelling(self.tokenizer, before=ids[-1:])
        logprobs: list[float] = []
        first: Sequence[TokenChoice] = ()
        finish = "length"
        with torch.inference_mode():
            cached = self._keep(ids)
            scores = self._prompt(ids[cached:], stop)
            for at in range(min(ask.most, self.context - len(ids))):
                if scores is None or stop.is_set():
                    finish = "stopped"
                    break
                if ask.n_probs:
                    odds = log_odds(scores)
                    first = first or self._likeliest(odds, ask.n_probs, ids[-1:])
                token = sampler.pick(held.restrict(scores) if held is not None else scores)
                logprobs.append(float(odds[token]) if ask.n_probs else 0.0)
                if token in self._ends:
                    finish = "stop"
                    break
                if held is not None:
                    held.took(token)
                if piece := text.add(spelling.add(token)):
                    say(piece)
                if text.ended:
                    finish = "stop"
                    break
                if at + 1 < min(ask.most, self.context - len(ids)):
                    scores = self._forward([token])
        if finish != "stopped" and (piece := ("" if text.ended else text.add(spelling.rest())) + text.rest()):
            say(piece)
        return Written(text.text, len(logprobs), finish, len(ids), cached, tuple(logprobs) if ask.n_probs else (), first)

    def look(self) -> float:
        """Seconds for one token, apart from any text."""
        import torch

        began = time.perf_counter()
        with torch.inference_mode():
            self.model(input_ids=torch.tensor([[self._beginning]], device=self.device), use_cache=False)
        return time.perf_counter() - began

    def _keep(self, ids: list[int]) -> int:
        """Cut the cache back to what it has in common with `ids`; the last token is read anew. Returns the tokens kept."""
        from transformers.cache_utils import DynamicCache, DynamicLayer

        common = 0
        for one, other in zip(self.read, ids[:-1], strict=False):
            if one != other:
                break
            common += 1
        whole = self._cache is not None and all(type(layer) is DynamicLayer for layer in self._cache.layers)
        if not common or not whole:  # a window that slides, or a state, cannot be turned back
            self._cache, self.read = DynamicCache(config=self.model.config), []
            return 0
        if len(self.read) > common:
            self._cache.crop(common - len(self.read))
        del self.read[common:]
        return common

    def _prompt(self, ids: list[int], stop: Event) -> Scores | None:
        """Read a prompt in blocks that each take a moment; `None` where it was stopped meanwhile."""
        block, scores = _FIRST_BLOCK, None
        while ids:
            if stop.is_set():
                return None
            began = time.perf_counter()
            scores = self._forward(ids[:block])
            ids = ids[block:]
            pace = _BLOCK_S / max(time.perf_counter() - began, 1e-6)
            block = max(8, min(int(block * pace), 4 * block, 4096))
        return scores

    def _forward(self, ids: list[int]) -> Scores:
        import torch

        given = torch.tensor([ids], device=self.device)
        out = self.model(input_ids=given, use_cache=True, **{self._cache_name: self._cache}, **self._last_only)
        scores: Scores = out.logits[0, -1].float().cpu().numpy()
        self.read += ids
        return scores

    def _forget(self) -> None:
        self._cache, self.read = None, []

    def _likeliest(self, odds: Any, most: int, before: Sequence[int]) -> Sequence[TokenChoice]:
        best = np.argsort(-odds)[:most]
        return tuple(
            TokenChoice(int(one), Spelling(self.tokenizer, before=before).add(int(one), last=True), float(odds[one]))
            for one in best
        )

    @property
    def _beginning(self) -> int:
        """What an empty prompt is taken for."""
        begins = self.tokenizer.bos_token_id
        return int(begins if begins is not None else self.tokenizer.eos_token_id or 0)

    @cached_property
    def _grammars(self) -> Grammars:
        width = int(self.model.get_output_embeddings().weight.shape[0])
        return Grammars(self.tokenizer.backend_tokenizer.to_str(), width, sorted(self._ends))


class Spelling:
    """Tokens to text, one at a time: a character that is split over several tokens comes with the last of them.

    `before` are tokens that stand before the first: some tokenizers write a space only between two words.
    """

    def __init__(self, tokenizer: Any, *, before: Sequence[int] = (), special: bool = False) -> None:
        self._tokenizer = tokenizer
        self._special = special
        self._ids = list(before)
        self._from = 0  # where decoding begins
        self._done = len(self._ids)  # what has been spelled

    def add(self, token: int, *, last: bool = False) -> str:
        """The text that this token brings; `last`: no other half will follow."""
        self._ids.append(token)
        return self._spelled(whole=last or len(self._ids) - self._done >= _HELD_BACK)

    def rest(self) -> str:
        """What is left of a character that never became whole."""
        return self._spelled(whole=True)

    def _decode(self, ids: Sequence[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=not self._special, clean_up_tokenization_spaces=False))

    def _spelled(self, *, whole: bool) -> str:
        text = self._decode(self._ids[self._from :])
        if text.endswith(_HALF) and not whole:
            return ""
        piece = text[len(self._decode(self._ids[self._from : self._done])) :]
        self._from, self._done = self._done, len(self._ids)
        return piece


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer, by the model's settings and its tokenizer's."""
    said = getattr(model.generation_config, "eos_token_id", None)
    found = set(said if isinstance(said, list) else [said]) | {tokenizer.eos_token_id}
    return frozenset(int(one) for one in found if one is not None)


def _best_device() -> str:
    import torch

    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _dtype(device: str) -> str:
    """bfloat16 where the GPU has it; a CPU computes with float32, for many know nothing smaller."""
    import torch

    if device.startswith("cuda"):
        return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
    return "float32" if device == "cpu" else "float16"
