"""Whether guessing tokens from the text before them pays (run `python benchmarks/speculation.py [MODEL]`).

The same requests go to a worker with `speculation = "ngram"` and to one without, by turns: a text repeated, answers asked to
quote their passage, the raw requests of the span writer, and a story, which quotes nothing. Each ratio is the median of five
requests of the tokens a second with guessing to those without: above 1 it pays.
"""

import asyncio
import json
import statistics
import sys
import time

from autogen_core.models import UserMessage
from ayllu import paths
from ayllu.agents.prompts.loader import load
from ayllu.agents.writing.span import candidates as span
from ayllu.backends import Backend, open_backend
from ayllu.config import BackendSettings, Settings
from ayllu.models import DEFAULT_CHAT, ModelStore

TOKENS = 80
PASSAGES = [
    "The tool library lends tools for seven days. Members may borrow three at once; power tools need a short lesson.",
    "A lost card costs five soles and is replaced at the desk on weekdays between nine and noon, while the member waits.",
    "Late tools cost one sol a day. After two weeks the membership rests until the tool is back on its shelf in the hall.",
    "The old mill by the river was built in 1904 of stone and larch, and was made into a workshop by neighbours in 1987.",
    "Donated tools are cleaned, sharpened and tested in the yard before they get a number and a place on the wall.",
]
QUESTIONS = [
    "How long are tools lent?",
    "What does a lost card cost?",
    "What does it cost to be late?",
    "When was the mill built?",
    "What happens to donated tools?",
]


async def prose(backend: Backend, ask: str) -> tuple[float, float]:
    """Tokens and seconds."""
    began = time.perf_counter()
    extra = {"max_tokens": TOKENS, "temperature": 0}
    result = await backend.client.create([UserMessage(content=ask, source="user")], extra_create_args=extra)
    return result.usage.completion_tokens, time.perf_counter() - began


async def spans(backend: Backend, passage: str, question: str) -> tuple[float, float]:
    """Questions (one) and seconds: the requests are the same, whoever answers."""
    raw = backend.raw
    assert raw is not None
    began = time.perf_counter()
    await span.candidates(raw, load("span", None), passage, question)
    return 1.0, time.perf_counter() - began


async def main() -> None:
    model = sys.argv[1] if len(sys.argv) > 1 else DEFAULT_CHAT
    models = ModelStore(paths.find().models)
    tables = [BackendSettings(model=model, context=2048, threads=1, speculation=way) for way in ("off", "ngram")]
    two = [open_backend("llamacpp", Settings(backends={"llamacpp": table}), models) for table in tables]
    kinds = {
        "copied": lambda one, at: prose(one, f"Repeat this text word for word: {PASSAGES[at]}"),
        "quoted": lambda one, at: prose(
            one, f"Passage: {PASSAGES[at]}\nQuestion: {QUESTIONS[at]}\nAnswer by quoting the sentence that says it."
        ),
        "spans": lambda one, at: spans(one, PASSAGES[at], QUESTIONS[at]),
        "story": lambda one, at: prose(one, f"Write a story about {QUESTIONS[at]}"),
    }
    figures = {}
    for kind, ask in kinds.items():
        ratios = []
        for at in range(len(PASSAGES)):
            for one in two:
                await ask(one, at)  # each has read the prompt: only what it writes is compared
            found = [await ask(one, at) for one in (two if at % 2 else two[::-1])]
            plain, guessed = found if at % 2 else found[::-1]
            ratios.append((guessed[0] / guessed[1]) / (plain[0] / plain[1]))
        figures[kind] = round(statistics.median(ratios), 2)
        figures[f"{kind}_spread"] = [round(min(ratios), 2), round(max(ratios), 2)]
    for one in two:
        await one.close()
    print(json.dumps({"model": model, "requests": len(PASSAGES), **figures}))


if __name__ == "__main__":
    asyncio.run(main())
