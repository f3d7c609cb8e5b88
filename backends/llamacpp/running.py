"""A worker that is up, with the way to it: its process, an HTTP client under its key, and who answers on which slots."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx

from ...http_clients import ANSWER_BYTES, AsyncClient, Bounds
from .process import WorkerProcess
from .slots import AdapterSlots
from .worker import WorkerSpec


class RunningWorker:
    """Loaded by `load`, gone with `close`."""

    def __init__(self, process: WorkerProcess, slots: AdapterSlots, timeout_s: float) -> None:
        self.process = process
        self.slots = slots
        self.http = AsyncClient(
            process.url,
            bounds=Bounds(ANSWER_BYTES),
            base_url=process.url,
            headers={"Authorization": f"Bearer {process.key}"},
            timeout=httpx.Timeout(timeout_s, connect=5.0),
        )

    @classmethod
    async def load(
        cls, describe: Callable[[AdapterSlots], WorkerSpec], slots: AdapterSlots, timeout_s: float
    ) -> RunningWorker:
        """Start a process as `describe` says, which may block, and wait until its model is loaded.

        Raises:
            BackendFailed: it could not be.
        """
        process = WorkerProcess(await asyncio.to_thread(describe, slots))
        try:
            await asyncio.to_thread(process.wait_until_ready)
        except BaseException:  # a cancelled start too: nobody else knows of this process
            process.stop()
            raise
        return cls(process, slots, timeout_s)

    @property
    def alive(self) -> bool:
        return self.process.alive

    async def close(self) -> None:
        try:
            await self.http.aclose()
        finally:
            await asyncio.shield(asyncio.to_thread(self.process.stop))  # it ends, even if this wait for it is stopped
