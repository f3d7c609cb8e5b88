"""Training the reader (`agents.reader`): first on questions made of the passages alone, then on the corrections.

The second is some hundred questions, the first some thousand, made anew in each pass. An answer that stands in its text more
than once counts wherever it stands (the marginal likelihood of Clark and Gardner, 2018). The result is written as int8 ONNX,
whole or not at all.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..agents import READER_FILES, READER_LONGEST, code, open_reader_tokenizer
from ..models import write_reader
from .cloze import clozes
from .datasets import Correction
from .errors import Interrupted
from .windows import window

Progress = Callable[[str, int, int | None], None]
_CLOZE_PASSES = 3
_PASSES = 10
_BATCH = 16
_RATE, _POINTER_RATE = 2e-4, 1e-3
_WARMUP = 0.1
_DECAY = 0.01
_WINDOWS = (200, 400, 600)  # characters of text that a question is asked over, one of them by chance
_PADDED = 32  # tokens: a CPU's kernels are made anew for each length of a batch
_MARKS = 3
_NO_TOKEN = -1e4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over a passage, and where its answer stands there: (start, end), in characters."""

    passage: str
    question: str
    places: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Row:
    ids: Sequence[int]
    marks: Sequence[int]
    places: Sequence[tuple[int, int]]  # tokens


def asked_of(found: Sequence[Correction]) -> list[Asked]:
    """What the corrections ask, each over the passage that holds its answer."""
    made = []
    for one in found:
        texts = [" ".join(text.split()) for text in (one.cited, *(str(passage["text"]) for passage in one.passages))]
        text = next((text for text in texts if one.answer in text), "")
        places = _places(text, one.answer)
        if places:
            made.append(Asked(text, one.question, places))
    return made


def train(
    asked: Sequence[Asked],
    weights: Path,
    folder: Path,
    seed: int = 0,
    *,
    bfloat16: bool = False,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
) -> Path:
    """Train a reader into `folder`; one that is there already stands. `weights` is the folder of a BERT encoder.

    Raises:
        Interrupted: `stop` was set; nothing is kept of it, for it takes a few minutes.
    """
    if (folder / READER_FILES[0]).is_file():
        return folder
    import torch

    torch.manual_seed(seed)
    chance = random.Random(seed)
    run = _Run(weights, bfloat16, progress or _silent, stop or threading.Event(), chance)
    passages = sorted({one.passage for one in asked})

    def made() -> list[Asked]:
        return [
            Asked(one.passage, one.question, [(one.start, one.end)]) for text in passages for one in clozes(text, chance)
        ]

    run.learn("reading, passages", made, _CLOZE_PASSES)
    run.learn("reading, corrections", lambda: list(asked), _PASSES)
    run.write(folder)
    return folder


class _Run:
    def __init__(self, weights: Path, bfloat16: bool, tell: Progress, stop: threading.Event, chance: random.Random) -> None:
        import torch
        from transformers import BertModel

        self._weights, self._bfloat16, self._tell, self._stop, self._chance = weights, bfloat16, tell, stop, chance
        self._tokenizer = open_reader_tokenizer(weights / "tokenizer.json")
        self._bert = BertModel.from_pretrained(str(weights), add_pooling_layer=False)
        segments = self._bert.embeddings.token_type_embeddings.weight.detach()
        width = segments.shape[1]
        self._marks = torch.nn.Embedding(_MARKS, width)
        self._marks.weight.data = torch.stack([segments[0], segments[1], segments[1]]).clone()
        segments.zero_()  # the marks stand for them
        self._bert.embeddings.token_type_embeddings.weight.requires_grad_(False)
        self._pointer = torch.nn.Linear(width, 2)

    def learn(self, label: str, made: Callable[[], Sequence[Asked]], passes: int) -> None:
        """`passes` over what `made` gives, which is asked anew for each."""
        import torch

        own = [*self._pointer.parameters(), *self._marks.parameters()]
        encoder = [one for one in self._bert.parameters() if one.requires_grad]
        groups = [{"params": encoder, "lr": _RATE}, {"params": own, "lr": _POINTER_RATE}]
        steps = max(1, passes * math.ceil(len(made()) / _BATCH))
        optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY)
        warmup = max(1, round(_WARMUP * steps))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, (step + 1) / warmup) * max(0.02, 1 - step / steps)
        )
        self._bert.train()
        done = 0
        for _ in range(passes):
            for batch in self._batches(made()):
                if self._stop.is_set():
                    raise Interrupted("The training was stopped.", hint="The same command goes on from where it was.")
                loss = self._loss(batch)
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_([*encoder, *own], 1.0)
                optimizer.step()
                schedule.step()
                done += 1
                self._tell(label, min(done, steps), steps)

    def write(self, folder: Path) -> None:
        """The reader as ONNX and its tokenizer, moved into `folder` when both are there."""
        weights = {name: value.detach().float().numpy() for name, value in self._bert.state_dict().items()}
        weights["marks"] = self._marks.weight.detach().numpy()
        weights |= {f"pointer.{name}": value.detach().numpy() for name, value in self._pointer.state_dict().items()}
        unfinished = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        write_reader(weights, json.loads((self._weights / "config.json").read_text("utf-8")), unfinished / READER_FILES[0])
        shutil.copyfile(self._weights / READER_FILES[1], unfinished / READER_FILES[1])
        unfinished.replace(folder)

    def _batches(self, asked: Sequence[Asked]) -> Iterator[list[_Row]]:
        """Rows of about one length, in an order by chance."""
        rows = [row for row in (self._row(one) for one in asked) if row is not None]
        rows.sort(key=lambda row: len(row.ids) + 20 * self._chance.random())
        batches = [rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH)]
        self._chance.shuffle(batches)
        return iter(batches)

    def _row(self, one: Asked) -> _Row | None:
        a, b = self._chance.choice(list(one.places))  # which of its places is meant
        start, end = window(one.passage, a, b, self._chance.choice(_WINDOWS), self._chance)
        text = one.passage[start:end]
        coded = code(self._tokenizer, one.question, text)
        inside = [(a - start, b - start) for a, b in one.places if start <= a and b <= end]
        places = [place for place in (coded.place(a, b) for a, b in inside) if place is not None]
        return _Row(coded.ids, coded.marks, places) if places else None

    def _loss(self, batch: Sequence[_Row]) -> Any:
        import torch

        longest = min(READER_LONGEST, _PADDED * math.ceil(max(len(row.ids) for row in batch) / _PADDED))
        ids, marks, there = (
            torch.tensor([[*part, *[0] * (longest - len(part))] for part in parts])
            for parts in ([row.ids for row in batch], [row.marks for row in batch], [[1] * len(row.ids) for row in batch])
        )
        with torch.autocast("cpu", torch.bfloat16, enabled=self._bfloat16):
            words = self._bert.embeddings.word_embeddings(ids) + self._marks(marks)
            scores = self._pointer(self._bert(inputs_embeds=words, attention_mask=there)[0])
        logprobs = torch.log_softmax(scores.float().masked_fill((marks == 0)[..., None], _NO_TOKEN), 1)
        likely = [
            torch.logsumexp(torch.stack([logprobs[at, place[side], side] for place in row.places]), 0)
            for at, row in enumerate(batch)
            for side in (0, 1)
        ]
        return -torch.stack(likely).mean()


def _places(text: str, answer: str) -> list[tuple[int, int]]:
    found, at = [], text.find(answer) if answer else -1
    while at >= 0:
        found.append((at, at + len(answer)))
        at = text.find(answer, at + 1)
    return found


def _silent(label: str, done: int, total: int | None) -> None:
    """Nobody is watching."""
