"""Several questions at once on one model."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from autogen_core.models import CreateResult, UserMessage
from ayllu.backends import Backend, RawRequest, open_backend
from ayllu.config import LlamaCppSettings, Settings
from ayllu.models import ModelStore

pytestmark = pytest.mark.model
WORDS = "stone river bread lamp wheel garden paper copper".split()


@pytest.fixture
async def four_slots(models: ModelStore) -> AsyncIterator[Backend]:
    settings = Settings(backends={"llamacpp": LlamaCppSettings(context=512, slots=4)})
    backend = open_backend("llamacpp", settings, models)
    await backend.start()
    yield backend
    await backend.close()


async def test_eight_questions_at_once_get_their_own_answers(four_slots: Backend) -> None:
    async def chat(word: str) -> str:
        schema = {
            "type": "object",
            "properties": {"word": {"enum": [f"{word} {n}" for n in range(9)]}},
            "required": ["word"],
        }
        form = {"type": "json_schema", "json_schema": {"name": "word", "schema": schema}}
        pieces = []
        messages = [UserMessage(content=f"Say {word} and a number.", source="user")]
        extra = {"response_format": form, "max_tokens": 40, "temperature": 0}
        async for piece in four_slots.client.create_stream(messages, extra_create_args=extra):
            if isinstance(piece, CreateResult):
                assert piece.content == "".join(pieces)
            else:
                pieces.append(piece)
        return str(json.loads("".join(pieces))["word"])

    answers = await asyncio.gather(*(chat(word) for word in WORDS))
    assert [answer.split()[0] for answer in answers] == WORDS


async def test_eight_raw_completions_at_once_copy_from_their_own_prompts(four_slots: Backend) -> None:
    raw = four_slots.raw
    assert raw is not None

    async def copied(word: str) -> str:
        prompt = f"The secret word is {word}. Remember: {word}, {word}, {word}.\nThe secret word is"
        return (await raw.complete(RawRequest(prompt, max_tokens=4))).text

    answers = await asyncio.gather(*(copied(word) for word in WORDS))
    assert [word for word, answer in zip(WORDS, answers, strict=True) if answer.split()[0].strip(".,") == word] == WORDS
