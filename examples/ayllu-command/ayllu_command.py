"""An ayllu backend that asks a command-line program: the prompt on its standard input, the answer on its standard output."""

import asyncio
import codecs
import shlex
import shutil
import tempfile
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal

from autogen_core.models import LLMMessage
from ayllu.backends import BackendContext, BackendFailed, Health, NotSetUp, TextClient
from ayllu.config import PluginSettings

PIPE = asyncio.subprocess.PIPE


class CommandBackend:
    kind, adapter, raw = "command", None, None
    style: Literal["prose"] = "prose"

    def __init__(self, name: str, table: PluginSettings, context: BackendContext) -> None:
        self._argv = shlex.split(str(table.options.get("command", "")))  # run without a shell
        if not self._argv:
            raise NotSetUp(f"The backend `{name}` has no command.", hint=f"Set `options.command` under [backends.{name}].")
        self.name, self.model, self._limit_s = name, table.model or self._argv[0], table.timeout_s
        self.client = TextClient(self._answer, context=table.context)

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def health(self) -> Health:
        if shutil.which(self._argv[0]):
            return Health(self.name, True, self.model)
        return Health(self.name, False, error=f"There is no program {self._argv[0]}.", hint="Install it, or write its path.")

    async def _answer(self, messages: Sequence[LLMMessage], options: Mapping[str, Any]) -> AsyncGenerator[str, None]:
        with tempfile.TemporaryFile() as errors:
            process = await asyncio.create_subprocess_exec(*self._argv, stdin=PIPE, stdout=PIPE, stderr=errors)
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write("\n\n".join(str(message.content) for message in messages).encode("utf-8", "replace"))
                process.stdin.close()
                text = codecs.getincrementaldecoder("utf-8")("replace")
                while piece := await asyncio.wait_for(process.stdout.read(4096), self._limit_s):
                    yield text.decode(piece)
                if await asyncio.wait_for(process.wait(), self._limit_s) != 0:
                    errors.seek(0)
                    ending = errors.read()[-300:].decode("utf-8", "replace")
                    raise BackendFailed(f"{self.model} ended with {process.returncode}: {ending}", hint="Run it by hand.")
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
