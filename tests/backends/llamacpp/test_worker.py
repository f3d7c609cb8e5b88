"""The worker process, apart from what it is asked."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from ayllu.models import ModelStore


def test_the_worker_is_gone_when_its_parent_is_killed(tiny_gguf: Path, store: ModelStore) -> None:
    code = f"""
import asyncio, time
from pathlib import Path
from ayllu.backends import open_backend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.models import ModelStore
settings = Settings(backends={{"llamacpp": LlamaCppSettings(model={str(tiny_gguf)!r})}})
backend = open_backend("llamacpp", settings, ModelStore(Path({str(store.folder)!r})))
asyncio.run(backend.start())
print(backend.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        worker = int(parent.stdout.readline())
        assert psutil.pid_exists(worker)
        parent.kill()
    for _ in range(600):
        if not psutil.pid_exists(worker) or psutil.Process(worker).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its parent")
