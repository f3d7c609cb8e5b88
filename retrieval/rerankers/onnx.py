"""Cross-encoders by ONNX Runtime, which needs no torch: those of the manifest, or a folder with `model.onnx`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .base import RerankerFailed

MODEL_FILE, TOKENIZER_FILE = "model.onnx", "tokenizer.json"
_MAX_TOKENS = 512


class OnnxReranker:
    """Loaded, or pulled, by the first question."""

    def __init__(self, name: str, find_folder: Callable[[], Path], max_tokens: int = _MAX_TOKENS) -> None:
        """`find_folder` gives where the model is, and may pull it."""
        self.name = name
        self._find_folder = find_folder
        self._max_tokens = max_tokens
        self._loading = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        session, tokenizer = self._load()
        pairs = [(_encodable(query), _encodable(passage)) for passage in passages]
        return [self._run(session, coded) for coded in tokenizer.encode_batch(pairs)]

    def _run(self, session: Any, coded: Any) -> float:
        """Score one pair: what stands beside it in a batch would change the activations of an int8 model."""
        feed = {"input_ids": coded.ids, "attention_mask": coded.attention_mask, "token_type_ids": coded.type_ids}
        wanted = {node.name for node in session.get_inputs()}
        arrays = {name: np.array([row], np.int64) for name, row in feed.items() if name in wanted}
        out = np.asarray(session.run(None, arrays)[0], np.float32)
        if out.size != 1:
            raise RerankerFailed(
                f"The reranker {self.name} gives {out.size} numbers for a pair, where one was expected.",
                hint="Its file is no cross-encoder with one output: set another `retrieval.reranker`.",
            )
        return float(out.reshape(-1)[0])

    def _load(self) -> tuple[Any, Any]:
        with self._loading:
            if self._loaded is None:
                os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
                import onnxruntime
                from tokenizers import Tokenizer

                folder = self._find_folder()
                options = onnxruntime.SessionOptions()
                options.log_severity_level = 3
                try:
                    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
                    session = onnxruntime.InferenceSession(
                        str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
                    )
                except Exception as error:  # an edge: the runtimes raise bare exceptions
                    raise RerankerFailed(
                        f"The reranker in {folder} could not be loaded: {error}.",
                        hint=f"It needs {MODEL_FILE} and {TOKENIZER_FILE} of a cross-encoder.",
                    ) from error
                tokenizer.encode_special_tokens = True  # `[SEP]` written in a document is text
                tokenizer.enable_truncation(self._max_tokens, strategy="longest_first")
                tokenizer.no_padding()
                self._loaded = (session, tokenizer)
        return self._loaded


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
