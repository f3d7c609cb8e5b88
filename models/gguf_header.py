"""What a GGUF file says of itself: read by its header, in a fraction of a second, without its weights.

Format: ggml `docs/gguf.md`, versions 2 and 3. The file may come from anybody: every length is held against the file's own.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import AylluError
from ..text import one_line

_SCALARS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_BLOCKS = {  # of ggml's types: weights in a block, bytes of one
    **{0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36)},
    **{10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66)},
    **{17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136)},
    **{24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 39: (32, 17)},
}
_MOST_ENTRIES = 1 << 20  # of any file worth reading
_NO_CHAT = {
    "bert",
    "modern-bert",
    "nomic-bert",
    "nomic-bert-moe",
    "jina-bert-v2",
    "gemma-embedding",
    "t5encoder",
    "clip",
    "whisper",
}
_HINT = (
    "Take the GGUF file of an instruction-tuned model (their names often end in -Instruct or -it), "
    "or a name of `ayllu models list`."
)


class NotAChatModel(AylluError):
    """A file that cannot answer questions, and why."""

    kind = "not_a_chat_model"

    def __init__(self, path: Path, reason: str, hint: str = _HINT) -> None:
        super().__init__(f"{path} {reason}.", hint=hint)


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """`context` is in tokens, 0 where the file does not say; `data_bytes`: how long the file must be."""

    architecture: str
    kind: str  # "model", "adapter" or "mmproj"
    context: int
    chat_template: str
    parts: int  # files that the model is split into
    data_bytes: int


def read_gguf_header(path: Path) -> GgufHeader:
    """Raises:
    NotAChatModel: it is no GGUF file, of an unknown version, or cut off within its header.
    OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise NotAChatModel(path, "is not a GGUF file")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            try:
                return _Reader(held).header()
            except (struct.error, IndexError, ValueError, OverflowError) as error:
                raise NotAChatModel(
                    path,
                    f"is no whole GGUF file ({one_line(str(error), 80)})",
                    "Download it again; the download may have been cut off.",
                ) from error


def check_chat_model(path: Path) -> GgufHeader:
    """The header of a file that can answer questions.

    Raises:
        NotAChatModel: it is no GGUF file, no chat model, or not all there; the message says which.
        OSError: it cannot be read.
    """
    header, length = read_gguf_header(path), path.stat().st_size
    if header.kind == "adapter":
        raise NotAChatModel(
            path, "holds an adapter, which is no model by itself", "`ayllu adapters list` shows what is tuned."
        )
    if header.kind == "mmproj" or header.architecture in _NO_CHAT:
        raise NotAChatModel(path, f"holds a `{one_line(header.architecture, 40)}` model, which writes no answers")
    if not header.architecture:
        raise NotAChatModel(path, "does not say what architecture it has")
    if length < header.data_bytes:
        raise NotAChatModel(
            path,
            f"is cut off: it has {length} of at least {header.data_bytes} bytes",
            "Download it again.",
        )
    if header.parts > 1:
        raise NotAChatModel(
            path, f"is one of {header.parts} parts of a model", "Join them with llama.cpp's `llama-gguf-split --merge`."
        )
    if not header.chat_template:
        raise NotAChatModel(path, "has no chat template: it continues texts and answers no questions")
    return header


class _Reader:
    """Walks over a file's header."""

    def __init__(self, held: mmap.mmap) -> None:
        self._held = held
        self._at = 4

    def header(self) -> GgufHeader:
        version = self._scalar("I")
        if version not in (2, 3):
            raise ValueError(f"version {version}, of which nothing is known")
        tensors, entries = self._scalar("Q"), self._scalar("Q")
        if tensors > _MOST_ENTRIES or entries > _MOST_ENTRIES:
            raise ValueError("its header names more than any file holds")
        values = self._values(entries)
        architecture = str(values.get("general.architecture", ""))
        end = self._end_of_tensors(tensors, int(values.get("general.alignment", 32)) or 32)
        return GgufHeader(
            architecture=architecture,
            kind=str(values.get("general.type", "model")),
            context=int(values.get(f"{architecture}.context_length", 0)),
            chat_template=str(values.get("tokenizer.chat_template", "")),
            parts=int(values.get("split.count", 0)),
            data_bytes=end,
        )

    def _values(self, entries: int) -> Mapping[str, Any]:
        """All but the arrays, which are passed over."""
        values: dict[str, Any] = {}
        for _ in range(entries):
            key, kind = self._string(), self._scalar("I")
            if kind == _ARRAY:
                self._pass_array()
            else:
                values[key] = self._string() if kind == _STRING else self._scalar(_format(kind))
        return values

    def _end_of_tensors(self, tensors: int, alignment: int) -> int:
        """Where the last weight ends, as far as the types are known."""
        end = 0
        for _ in range(tensors):
            self._string()
            weights = 1
            for _ in range(self._scalar("I")):
                weights *= self._scalar("Q")
            block, size = _BLOCKS.get(self._scalar("I"), (1, 0))
            end = max(end, self._scalar("Q") + weights // block * size)
        start = -(-self._at // alignment) * alignment
        return start + end if tensors else self._at

    def _pass_array(self) -> None:
        kind, count = self._scalar("I"), self._scalar("Q")
        if kind == _STRING:
            at, unpack = self._at, struct.Struct("<Q").unpack_from  # a vocabulary has 300,000 entries
            for _ in range(count):
                at += 8 + unpack(self._held, at)[0]
            self._move(at - self._at)
        elif kind == _ARRAY:
            raise ValueError("an array of arrays")
        else:
            self._move(count * struct.calcsize(f"<{_format(kind)}"))

    def _string(self) -> str:
        length = self._scalar("Q")
        start = self._at
        self._move(length)
        return self._held[start : self._at].decode("utf-8", "replace")

    def _scalar(self, form: str) -> Any:
        (value,) = struct.unpack_from(f"<{form}", self._held, self._at)
        self._at += struct.calcsize(f"<{form}")
        return value

    def _move(self, length: int) -> None:
        self._at += length
        if self._at > len(self._held):
            raise ValueError("its header ends before it should")


def _format(kind: int) -> str:
    if kind not in _SCALARS:
        raise ValueError(f"a value of the unknown kind {kind}")
    return _SCALARS[kind]
