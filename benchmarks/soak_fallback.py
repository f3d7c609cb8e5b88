"""Kill the primary in the middle of its answer, over and over (run `python benchmarks/soak_fallback.py [KILLS]`).

The primary is a process that streams a long answer and is killed at a random token; the next target answers. Each question
must get one whole answer, told to the person once, and stand in the conversations once, under the name of who gave it.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ayllu import paths
from ayllu.agents import AnswerReady, ChatSession, DraftDropped, Token, Warned
from ayllu.backends import open_backend
from ayllu.benchmarks import standin
from ayllu.config import FallbackSettings, ModelSettings, OpenAISettings, Settings
from ayllu.conversations import Conversations
from ayllu.models import ModelStore
from ayllu.retrieval import Library, load_sample, open_embedder

QUESTION = "When is the library open on Sundays?"
FIRST = "The library in Mill Street is open on Sundays from 10:00 to 14:00 [1]. " * 4
SECOND = "On Sundays the library is open from 10:00 to 14:00 [1]."


@contextmanager
def serving(model: str, pause_s: float, text: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A stand-in in a process of its own, with its address."""
    command = [sys.executable, standin.__file__, model, str(pause_s), text.strip()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


async def soak(kills: int, library: Library, models: ModelStore, folder: Path, seed: int = 0) -> dict[str, int]:
    """Ask `kills` questions; counts of what became of them."""
    chance = random.Random(seed)
    conversations = Conversations.open(folder / "conversations.sqlite")
    collection = load_sample(library)
    counts = dict.fromkeys(("whole", "lost", "doubled", "kept_twice", "told_twice", "killed_in_mid_answer"), 0)
    with serving("second", 0.0, SECOND) as (_, second):
        for _ in range(kills):
            with serving("first", 0.004, FIRST) as (primary, first):
                settings = _settings(first, second)
                backend = open_backend("fallback", settings, models)
                chat = ChatSession(library, backend, conversations, settings, collections=[collection])
                try:
                    await _ask_and_kill(chat, primary, chance.randint(1, 30), conversations, counts)
                finally:
                    await backend.close()
    conversations.close()
    return counts


async def _ask_and_kill(
    chat: ChatSession, primary: subprocess.Popen[str], at_token: int, conversations: Conversations, counts: dict[str, int]
) -> None:
    shown: list[str] = []
    warnings, tokens, answer = 0, 0, None
    async for event in chat.ask(QUESTION):
        match event:
            case Token(text=text):
                shown.append(text)
                tokens += 1
                if tokens == at_token:
                    primary.kill()
            case DraftDropped():
                shown.clear()
                counts["killed_in_mid_answer"] += 1
            case Warned():
                warnings += 1
            case AnswerReady(answer=answer):
                pass
    kept = conversations.exchanges(chat.session_id)
    counts["lost"] += answer is None
    counts["whole"] += answer is not None and (answer.answer, answer.backend) == (SECOND, "second")
    counts["doubled"] += "".join(shown).strip() != SECOND
    counts["kept_twice"] += len(kept) != 1 or kept[0].backend != "second"
    counts["told_twice"] += warnings != 1


def _settings(first: str, second: str) -> Settings:
    return Settings(
        backend="fallback",
        models=ModelSettings(style="prose"),
        backends={
            "fallback": FallbackSettings(order=("first", "second"), check_timeout_s=30),
            "first": OpenAISettings(kind="openai", url=first),
            "second": OpenAISettings(kind="openai", url=second),
        },
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", metavar="KILLS", type=int, nargs="?", default=100)
    kills = parser.parse_args().kills
    models = ModelStore(paths.find().models)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "l", open_embedder("onnx", models)) as library:
        counts = await soak(kills, library, models, Path(folder))
    print(json.dumps({"kills": kills, **counts, "seconds": round(time.perf_counter() - began, 1)}))
    expected = dict.fromkeys(counts, 0) | {"whole": kills, "killed_in_mid_answer": kills}
    if counts != expected:
        raise SystemExit("an answer was lost, doubled, or not whole")


if __name__ == "__main__":
    asyncio.run(main())
