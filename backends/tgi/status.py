"""What a TGI server says of itself: `/health`, `/info` and `/metrics` (Prometheus text format 0.0.4)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from ..errors import BackendUnreachable
from .errors import from_answer, told
from .wire import Wire

_SAMPLE = re.compile(r"^(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>[^}]*)\})?\s+(?P<value>\S+)")


@dataclass(frozen=True, slots=True)
class Load:
    """`None` where the server does not say it. The means are over all that it did since its start."""

    queue: int | None = None  # questions that wait
    batch: int | None = None  # questions that are answered at this moment
    requests: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    tokens_per_second: float | None = None  # of one answer
    queue_s: float | None = None  # an answer's mean wait


async def alive(wire: Wire) -> None:
    """Return if the server is up and its model loaded; one without `/health` (a proxy) counts as up.

    Raises:
        BackendUnreachable, BackendFailed
    """
    answer = await wire.glance("health")
    if answer.status_code not in (200, 404):
        raise told(from_answer(answer.status_code, answer.content, answer.headers), wire.where)


async def info(wire: Wire) -> dict[str, Any]:
    """What `/info` says; empty where there is no such thing.

    Raises:
        BackendUnreachable, BackendFailed
    """
    answer = await wire.glance("info")
    if answer.status_code in (401, 403) or answer.status_code >= 500:
        raise told(from_answer(answer.status_code, answer.content, answer.headers), wire.where)
    try:
        said = json.loads(answer.content) if answer.status_code == 200 else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


async def load(wire: Wire) -> Load:
    """How busy it is; all `None` where it does not say."""
    try:
        answer = await wire.glance("metrics")
    except BackendUnreachable:
        return Load()
    return load_of(answer.text) if answer.status_code == 200 else Load()


def load_of(text: str) -> Load:
    """Read what there is; lines that are no samples are skipped, and failures are summed over their kinds."""
    sums: dict[str, float] = {}
    for line in text.splitlines():
        match = _SAMPLE.match(line)
        if match and "quantile=" not in (match["labels"] or "") and (value := _number(match["value"])) is not None:
            sums[match["name"]] = sums.get(match["name"], 0.0) + value
    a_token_s = _mean(sums, "tgi_request_mean_time_per_token_duration")
    queue_s = _mean(sums, "tgi_request_queue_duration")
    return Load(
        queue=_whole(sums, "tgi_queue_size"),
        batch=_whole(sums, "tgi_batch_current_size"),
        requests=_whole(sums, "tgi_request_count"),
        succeeded=_whole(sums, "tgi_request_success"),
        failed=_whole(sums, "tgi_request_failure"),
        tokens_per_second=round(1 / a_token_s, 2) if a_token_s else None,
        queue_s=round(queue_s, 4) if queue_s is not None else None,
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None  # no NaN either: it is not less than anything


def _whole(sums: dict[str, float], name: str) -> int | None:
    return int(sums[name]) if name in sums else None


def _mean(sums: dict[str, float], name: str) -> float | None:
    count = sums.get(f"{name}_count", 0.0)
    return sums.get(f"{name}_sum", 0.0) / count if count else None
