"""The worker as its parent sees it: a process of its own that loads one model and says where it listens."""

from __future__ import annotations

import json
import logging
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import IO

from ...processes import isolated_environment, python_command
from ..errors import BackendFailed
from .worker import WorkerSpec

_START_S = 300.0  # a large model on a slow disk
# Where llama.cpp was built with OpenMP, threads spin while they wait: fastest alone, but beside others they take the very
# core that the one they wait for needs.
_SLEEPING = {"OMP_WAIT_POLICY": "passive"}
log = logging.getLogger(__name__)


class WorkerProcess:
    """One worker process: its address once it is ready, its key, and whether it lives."""

    def __init__(self, spec: WorkerSpec) -> None:
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the worker
        self._process = subprocess.Popen(
            python_command("-m", "ayllu.backends.llamacpp.worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env=isolated_environment(**(_SLEEPING if spec.crowded else {})),
        )
        self._spec = spec
        self.key = spec.key
        self.url = ""
        self.gpu = False  # whether llama.cpp has one to work on
        self.loading_s = 0.0

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def threads(self) -> int:
        """Threads that decode."""
        return self._spec.threads

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._stderr):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    log.debug("the worker was gone before its pipe")

    def wait_until_ready(self) -> None:
        """Wait until the model is loaded.

        Raises:
            BackendFailed: it could not be.
        """
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # Popen was asked for both
        assert stdout is not None
        began = time.monotonic()
        overdue = threading.Timer(_START_S, self._process.kill)
        overdue.start()
        try:
            stdin.write(self._spec.to_line())
            stdin.flush()
            line = stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            overdue.cancel()
        answer = json.loads(line) if line else {"error": self._last_words()}
        if "url" not in answer:
            raise BackendFailed(
                f"{Path(self._spec.model).name} could not be loaded by llama.cpp: {answer['error']}.",
                hint="Check that the file is a GGUF model and that memory suffices: `ayllu doctor`.",
            )
        self.url, self.gpu = str(answer["url"]), bool(answer["gpu"])
        self.loading_s = time.monotonic() - began

    def _last_words(self) -> str:
        self._process.wait()
        self._stderr.seek(0)
        lines = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        return f"it ended with status {self._process.returncode}" + (f" ({lines[-1][-200:]})" if lines else "")
