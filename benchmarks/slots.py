"""Where answering several questions at once pays (run `python benchmarks/slots.py [SLOTS…]`, by default 2 4).

Eight questions over one model: one after the other with one slot, and all at once with several. The ratio of the times
should not be above 1; what is answered at once waits longer for each answer, and each slot costs memory for its context.
"""

import argparse
import asyncio
import json
import statistics
import time

from autogen_core.models import UserMessage
from ayllu import paths
from ayllu.backends import Backend, open_backend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.models import ModelStore

QUESTIONS = 8
TOKENS = 48
ROUNDS = 3
WORDS = "stone river bread lamp wheel garden paper winter copper bridge mill seed".split()


async def ask(backend: Backend, case: int) -> float:
    """Seconds that one question took."""
    subject = " ".join(WORDS[(case + step) % 12] for step in range(100))
    text = f"Case {case}: {subject}. Write a long story about it."
    began = time.perf_counter()
    messages = [UserMessage(content=text, source="user")]
    await backend.client.create(messages, extra_create_args={"max_tokens": TOKENS, "temperature": 0})
    return time.perf_counter() - began


async def ask_in_turn(backend: Backend, first_case: int) -> float:
    began = time.perf_counter()
    for question in range(QUESTIONS):
        await ask(backend, first_case + question)
    return time.perf_counter() - began


async def ask_at_once(backend: Backend, first_case: int) -> float:
    began = time.perf_counter()
    await asyncio.gather(*(ask(backend, first_case + question) for question in range(QUESTIONS)))
    return time.perf_counter() - began


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slots", metavar="SLOTS", type=int, nargs="*", default=[2, 4])
    options = parser.parse_args()
    models = ModelStore(paths.find().models)
    single = open_backend("llamacpp", Settings(), models)
    await single.start()
    figures = {}
    for slots in options.slots:
        settings = Settings(backends={"llamacpp": LlamaCppSettings(slots=slots)})
        several = open_backend("llamacpp", settings, models)
        await several.start()
        ratios = []
        for number in range(ROUNDS):  # side by side in time, for a machine is not equally busy all the time
            in_turn = await ask_in_turn(single, 100 * number)
            ratios.append(await ask_at_once(several, 100 * number) / in_turn)
        figures[f"ratio_{slots}_slots"] = round(statistics.median(ratios), 3)
        figures[f"spread_{slots}_slots"] = [round(min(ratios), 3), round(max(ratios), 3)]
        await several.close()
    await single.close()
    print(json.dumps({"questions": QUESTIONS, "rounds": ROUNDS, **figures}))


if __name__ == "__main__":
    asyncio.run(main())
