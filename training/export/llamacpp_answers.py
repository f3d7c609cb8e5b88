"""Greedy answers of llama.cpp with an adapter, token for token, in a process of its own: a native crash must not take the
improvement with it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ...processes import isolated_environment, python_command
from ..errors import NoParity

_WORKER = Path(__file__).with_name("greedy_worker.py")


def llamacpp_answers(model: Path, adapter: Path, prompts: Sequence[Sequence[int]], tokens: int) -> list[list[int]]:
    """The first `tokens` tokens of the answer to each of `prompts` (token ids).

    Raises:
        NoParity: llama.cpp cannot load the adapter.
    """
    request = {
        "model": str(model),
        "adapter": str(adapter),
        "prompts": [list(prompt) for prompt in prompts],
        "tokens": tokens,
    }
    process = subprocess.run(
        python_command(str(_WORKER)),  # its folder has modules named like libraries
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        env=isolated_environment(),
    )
    if process.returncode:
        last = (process.stderr.strip().splitlines() or ["no words"])[-1]
        raise NoParity(
            f"llama.cpp could not load the exported adapter: {last[:200]}.",
            hint="Nothing was put to use; `--debug` shows more.",
        )
    answers: list[list[int]] = json.loads(process.stdout)
    return answers
