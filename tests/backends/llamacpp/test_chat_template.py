"""What a GGUF file's chat template says of tools."""

import json
import struct
from pathlib import Path

import gguf
import pytest
from autogen_core import FunctionCall
from autogen_core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    UserMessage,
)
from autogen_core.tools import ToolSchema
from ayllu.backends import Backend, open_backend
from ayllu.backends.llamacpp.chat_template import takes_tools, templates
from ayllu.config import LlamaCppSettings, Settings
from ayllu.models import DEFAULT_CHAT, ModelStore

PLAIN = "{% for message in messages %}{{ message['content'] }}{% endfor %} The tools lie on the bench."
TOOLS = r"""
{%- if tools %}
    {{- '<|im_start|>system\nYou may call these functions:\n<tools>' }}
    {%- for tool in tools %}
        {{- '\n' }}{{ tool | tojson }}
    {%- endfor %}
    {{- '\n</tools>\nA call is a JSON object with the name and the arguments:\n<tool_call>\n' }}
    {{- '{"name": <name>, "arguments": <arguments>}\n</tool_call><|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'tool' %}
        {{- '<|im_start|>tool\n' + message.content + '<|im_end|>\n' }}
    {%- elif message.tool_calls %}
        {{- '<|im_start|>assistant' }}
        {%- for call in message.tool_calls %}
            {{- '\n<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- call.function.arguments | tojson }}
            {{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}"""
SEARCH: ToolSchema = {
    "name": "search",
    "description": "Search the documents.",
    "parameters": {"type": "object", "properties": {"page": {"enum": [3, 7]}}, "required": ["page"]},
}


def turn(at: int, page: int) -> list[LLMMessage]:
    """A question that was answered by a call of the function."""
    call = FunctionCall(id=f"call{at}", name="search", arguments=json.dumps({"page": page}))
    result = FunctionExecutionResult(content=f"Page {page} is about cards.", name="search", call_id=call.id, is_error=False)
    question = UserMessage(content=f"Search page {page}.", source="user")
    return [question, AssistantMessage(content=[call], source="a"), FunctionExecutionResultMessage(content=[result])]


# A tiny model calls nothing of its own accord, but goes on as a conversation has begun.
TALK = [*turn(0, 3), *turn(1, 7), *turn(2, 3), UserMessage(content="Search page 7.", source="user")]
GREEDY = {"temperature": 0, "max_tokens": 60}


def file_with(folder: Path, *chat: dict[str, str]) -> Path:
    path = folder / "small.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_token_list([f"word{at}" for at in range(1000)])
    if chat:
        writer.add_chat_template(list(chat))
    writer.add_bool("general.last", True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.close()
    return path


def test_only_a_template_that_writes_tools_down_takes_them(tmp_path: Path) -> None:
    assert not takes_tools(file_with(tmp_path))
    assert not takes_tools(file_with(tmp_path, {"name": "default", "template": PLAIN}))
    assert takes_tools(file_with(tmp_path, {"name": "default", "template": TOOLS}))
    second = file_with(tmp_path, {"name": "default", "template": PLAIN}, {"name": "tool_use", "template": TOOLS})
    assert takes_tools(second)
    assert list(templates(second)) == [PLAIN, TOOLS]


def test_a_file_that_is_cut_off_has_no_template(tmp_path: Path) -> None:
    path = file_with(tmp_path, {"name": "default", "template": TOOLS})
    complete = path.read_bytes()
    for length in (0, 3, complete.find(b"{%- if tools"), complete.find(b"tokenizer.chat_template") + 30):
        path.write_bytes(complete[:length])
        assert list(templates(path)) == []


@pytest.fixture(scope="module")
def with_tools(models: ModelStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default model with a chat template that has a place for tools."""
    source = models.ensure(DEFAULT_CHAT)
    (old,) = templates(source)
    new = "{#" + " " * ((len(old.encode()) - len(TOOLS.encode()) - 4) % 32) + "#}" + TOOLS  # what follows stays aligned
    key = b"tokenizer.chat_template" + struct.pack("<I", 8)
    before, after = (key + struct.pack("<Q", len(text.encode())) + text.encode() for text in (old, new))
    path = tmp_path_factory.mktemp("tools") / "with-tools.gguf"
    original = source.read_bytes()
    assert original.count(before) == 1
    path.write_bytes(original.replace(before, after))
    return path


@pytest.mark.model
async def test_the_default_model_calls_no_functions_unless_the_settings_say_so(models: ModelStore) -> None:
    assert not open_backend("llamacpp", Settings(), models).client.model_info["function_calling"]
    settings = Settings(backends={"llamacpp": LlamaCppSettings(tools=True)})
    assert open_backend("llamacpp", settings, models).client.model_info["function_calling"]
    elsewhere = ModelStore(models.folder / "nothing-here")
    assert not open_backend("llamacpp", Settings(), elsewhere).client.model_info["function_calling"]


@pytest.mark.model
async def test_a_model_whose_template_takes_tools_calls_them(models: ModelStore, with_tools: Path) -> None:
    table = LlamaCppSettings(model=str(with_tools), context=1024)
    backend = open_backend("llamacpp", Settings(backends={"llamacpp": table}), models)
    assert backend.client.model_info["function_calling"]
    try:
        (call,) = await _calls(backend)
        spoken: list[str] = []
        async for piece in backend.client.create_stream(TALK, tools=[SEARCH], tool_choice="auto", extra_create_args=GREEDY):
            if isinstance(piece, CreateResult):
                assert piece.finish_reason == "function_calls"
                assert [call.name for call in piece.content] == ["search"]
            else:
                spoken.append(piece)
        assert "".join(spoken).strip() == ""
        result = FunctionExecutionResult(content="Five soles.", name="search", call_id=call.id, is_error=False)
        then = [
            *TALK,
            AssistantMessage(content=[call], source="a"),
            FunctionExecutionResultMessage(content=[result]),
        ]
        answer = await backend.client.create(then, tools=[SEARCH], tool_choice="none", extra_create_args={"max_tokens": 8})
        assert isinstance(answer.content, str)
    finally:
        await backend.close()


async def _calls(backend: Backend) -> list[FunctionCall]:
    with_them = await backend.client.create(TALK, tools=[SEARCH], tool_choice="required", extra_create_args=GREEDY)
    without = await backend.client.create(TALK, extra_create_args={"max_tokens": 1})
    assert isinstance(with_them.content, list)
    assert with_them.usage.prompt_tokens > without.usage.prompt_tokens + 50
    assert [call.name for call in with_them.content] == ["search"]
    assert json.loads(with_them.content[0].arguments)["page"] in (3, 7)
    return with_them.content
