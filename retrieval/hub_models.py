"""Models of a hub, loaded from this machine where they are here already.

The libraries ask the hub for each of a model's files first, with retries: where it cannot be reached, a question waits for
minutes though the model is here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

_HUB_S = 5.0  # for the hub to answer at all

Loaded = TypeVar("Loaded")


def load_from_here_first(name: str, load: Callable[[bool], Loaded]) -> Loaded:
    """What `load` loads: called with True it may use local files only, with False it may ask the hub.

    Raises:
        ConnectionError: the model is not here, and the hub does not answer.
        Exception: whatever `load` raises with the hub at hand.
    """
    if Path(name).is_dir():
        return load(True)
    try:
        return load(True)
    except Exception as error:  # the libraries raise many kinds for a file that is not here
        if not _hub_answers():
            raise ConnectionError("it is not on this machine, and the model hub does not answer") from error
    return load(False)


def _hub_answers() -> bool:
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    try:
        httpx.head(constants.ENDPOINT, timeout=_HUB_S, follow_redirects=False)
    except httpx.HTTPError:
        return False
    return True
