"""What a TGI server says of itself: `/health`, `/info` and `/metrics` (Prometheus text format 0.0.4)."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ..errors import BackendUnreachable
from .errors import backend_error, error_from_response
from .server import TGIServer


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """`None` where the server does not say it. The means are over all that it did since its start."""

    queue: int | None = None  # questions that wait
    batch: int | None = None  # questions that are answered at this moment
    requests: int | None = None
    succeeded: int | None = None
    failed: int | None = None
    tokens_per_second: float | None = None  # of a single answer
    queue_s: float | None = None  # an answer's mean wait


async def check_health(server: TGIServer) -> None:
    """Return if the server is up and its model loaded; one without `/health` (a proxy) counts as up.

    Raises:
        BackendUnreachable, BackendFailed
    """
    response = await server.get("health")
    if response.status_code not in (200, 404):
        error = error_from_response(response.status_code, response.content, response.headers)
        raise backend_error(error, server.where)


async def read_info(server: TGIServer) -> dict[str, Any]:
    """What `/info` says; empty where there is no such thing.

    Raises:
        BackendUnreachable, BackendFailed
    """
    response = await server.get("info")
    if response.status_code in (401, 403) or response.status_code >= 500:
        error = error_from_response(response.status_code, response.content, response.headers)
        raise backend_error(error, server.where)
    try:
        info = json.loads(response.content) if response.status_code == 200 else {}
    except (ValueError, RecursionError):
        return {}
    return info if isinstance(info, dict) else {}


async def read_load(server: TGIServer) -> ServerLoad:
    """How busy it is; all `None` where it does not say."""
    try:
        response = await server.get("metrics")
    except BackendUnreachable:
        return ServerLoad()
    return parse_load(response.text) if response.status_code == 200 else ServerLoad()


def parse_load(text: str) -> ServerLoad:
    """Failures are summed over their kinds, requests over their methods. Whatever follows a torn line is not read."""
    from prometheus_client.parser import text_string_to_metric_families

    sums: dict[str, float] = defaultdict(float)
    with suppress(ValueError, RecursionError):
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                if "quantile" not in sample.labels and math.isfinite(sample.value):
                    # the parser calls a counter's samples as OpenMetrics does, whatever the server calls them
                    name = sample.name.removesuffix("_total") if family.type == "counter" else sample.name
                    sums[name] += sample.value
    token_s = _mean(sums, "tgi_request_mean_time_per_token_duration")
    queue_s = _mean(sums, "tgi_request_queue_duration")
    return ServerLoad(
        queue=_count(sums, "tgi_queue_size"),
        batch=_count(sums, "tgi_batch_current_size"),
        requests=_count(sums, "tgi_request_count"),
        succeeded=_count(sums, "tgi_request_success"),
        failed=_count(sums, "tgi_request_failure"),
        tokens_per_second=round(1 / token_s, 2) if token_s else None,
        queue_s=round(queue_s, 4) if queue_s is not None else None,
    )


def _count(sums: Mapping[str, float], name: str) -> int | None:
    return int(sums[name]) if name in sums else None


def _mean(sums: Mapping[str, float], name: str) -> float | None:
    count = sums.get(f"{name}_count", 0.0)
    return sums.get(f"{name}_sum", 0.0) / count if count else None
