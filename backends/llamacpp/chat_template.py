"""The chat template in a GGUF file, and whether it tells the model of functions that it may call."""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from pathlib import Path

_KEYS = (b"tokenizer.chat_template", b"tokenizer.chat_template.tool_use")  # the second is used where a request has tools
_STRING = 8  # GGUF's number for that type of value
_METADATA_BYTES = 32 << 20  # looked through for the keys; the largest vocabularies take half of that
_CODE = re.compile(r"\{[%{].*?[%}]\}", re.DOTALL)
_TOOLS = re.compile(r"\btools\b")


def takes_tools(path: Path) -> bool:
    """Whether the model's own template, or its second one for requests with tools, writes the tools into the prompt.

    Takes some milliseconds: the vocabulary, which stands before the template, is passed over and not read.
    """
    return any(_TOOLS.search(code) for template in templates(path) for code in _CODE.findall(template))


def templates(path: Path) -> Iterator[str]:
    """The chat templates that a GGUF file holds; what is not there or is cut off is left out."""
    with path.open("rb") as file:
        if file.seek(0, 2) == 0:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
            for key in _KEYS:
                # an entry is the key's length, the key, its type, and for a string its length and its bytes
                entry = struct.pack("<Q", len(key)) + key + struct.pack("<I", _STRING)
                at = held.find(entry, 0, _METADATA_BYTES)
                if at < 0 or len(held) < (start := at + len(entry) + 8):
                    continue
                (length,) = struct.unpack_from("<Q", held, start - 8)
                if start + length <= len(held):
                    yield held[start : start + length].decode("utf-8", "replace")
