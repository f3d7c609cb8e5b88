"""Answers held to JSON schemas, expressions and grammars."""

from collections.abc import Callable

import pytest
from autogen_core.models import UserMessage
from autogen_core.tools import ToolSchema
from ayllu.backends import RawRequest
from ayllu.backends.transformers.backend import TransformersBackend
from ayllu.backends.transformers.grammars import gbnf_grammar, schema_grammar
from ayllu.errors import UsageError
from pydantic import BaseModel

Open = Callable[..., TransformersBackend]
SEARCH: ToolSchema = {
    "name": "search",
    "description": "Search the documents.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
WITH_TOOLS = "{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}"


def user(text: str) -> list[UserMessage]:
    return [UserMessage(content=text, source="user")]


class Place(BaseModel):
    name: str
    seen: bool


@pytest.mark.model
async def test_answers_are_held_to_json_to_expressions_and_to_grammars(in_process: TransformersBackend) -> None:
    result = await in_process.client.create(user("Where is Puno?"), json_output=Place, extra_create_args={"max_tokens": 90})
    Place.model_validate_json(str(result.content))
    result = await in_process.client.create(user("JSON, please."), json_output=True, extra_create_args={"max_tokens": 20})
    assert str(result.content).startswith("{")
    raw = in_process.raw
    year = await raw.complete(RawRequest("A year: ", regex="1[0-9]{3}", max_tokens=9))
    assert 1000 <= int(year.text) <= 1999
    city = await raw.complete(RawRequest("A city: ", grammar='root ::= "Puno" | "Cusco"', max_tokens=9))
    assert (city.text in {"Puno", "Cusco"}, city.finish) == (True, "stop")
    schema = {"enum": [1, 2]}
    assert (await raw.complete(RawRequest("One or two: ", schema=schema, max_tokens=9))).text in {"1", "2"}


@pytest.mark.model
async def test_a_form_that_cannot_be_held_to_is_refused_by_name(in_process: TransformersBackend, opened: Open) -> None:
    for form in ({"grammar": "root ::= ("}, {"grammar": "root ::= <[1]>*"}, {"regex": "("}, {"schema": {"type": "odd"}}):
        with pytest.raises(UsageError):
            await in_process.raw.complete(RawRequest("x", **form))
    backend = opened()
    with pytest.raises(UsageError, match="cannot be held to a form"):  # letters without a decoder
        await backend.raw.complete(RawRequest("x", regex="[0-9]"))
    with pytest.raises(UsageError, match="presence_penalty"):
        await backend.client.create(user("Hi"), extra_create_args={"presence_penalty": 1})
    with pytest.raises(UsageError, match="cannot be made to call"):
        await backend.client.create(user("Hi"), tools=[SEARCH], tool_choice="required")


def test_a_grammar_of_tokens_is_put_into_the_words_of_llguidance() -> None:
    lark = gbnf_grammar('root ::= p1 | end\nend ::= "\\n"\np1 ::= <[17]> end')
    assert lark == 'start: p1 | end\nend: "\\n"\np1: <[17]> end'


def test_an_object_of_a_schema_is_closed_unless_it_says_otherwise() -> None:
    inner = {"type": "object", "properties": {"properties": {"const": {"properties": {}}}}}
    both = {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]}
    grammar = schema_grammar({"properties": {"inner": inner, "both": both}, "additionalProperties": True})
    assert grammar.replace(" ", "").count('"additionalProperties":false') == 1
