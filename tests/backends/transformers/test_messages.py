"""AutoGen's messages through chat templates, and tool calls out of answers."""

import pytest
from autogen_core import FunctionCall
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from autogen_core.tools import ToolSchema
from ayllu.backends import BackendFailed
from ayllu.backends.transformers import messages as forms

SEARCH: ToolSchema = {
    "name": "search",
    "description": "Search the documents.",
    "parameters": {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
}
WITH_TOOLS = "{% for tool in tools or [] %}{{ tool | tojson }}{% endfor %}"


def user(text: str) -> list[UserMessage]:
    return [UserMessage(content=text, source="user")]


class Template:
    """A tokenizer that only has a chat template."""

    def __init__(self, template: str) -> None:
        self.chat_template = template

    def apply_chat_template(self, messages: list[dict[str, object]], **given: object) -> str:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(why: str) -> None:
            raise TemplateError(why)

        made = ImmutableSandboxedEnvironment().from_string(self.chat_template)
        return made.render(messages=messages, raise_exception=refuse, **given)


def test_a_template_without_system_messages_gets_them_with_the_question() -> None:
    strict = Template(
        "{% for m in messages %}{% if m.role == 'system' or (m.role == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('roles must alternate') }}{% endif %}[{{ m.role }}: {{ m.content }}]{% endfor %}"
    )
    messages = [SystemMessage(content="Be brief."), *user("Why?"), *user("Tell me.")]
    assert forms.prompt_of(strict, messages) == "[user: Be brief.\n\nWhy?\n\nTell me.]"
    with pytest.raises(BackendFailed, match="never"):
        forms.prompt_of(Template("{{ raise_exception('never') }}"), messages)
    with pytest.raises(BackendFailed, match="no chat template"):
        forms.prompt_of(Template(""), messages)


def test_calls_and_their_results_go_through_the_template() -> None:
    shown = Template(
        "{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.function.name }}({{ c.function.arguments.query }})"
        "{% endfor %}{% if m.role == 'tool' %}={{ m.content }}{% endif %}{% endfor %}"
    )
    asked = AssistantMessage(content=[FunctionCall(id="1", name="search", arguments='{"query": "zoo"}')], source="writer")
    result = FunctionExecutionResult(content="open", name="search", call_id="1", is_error=False)
    messages = [*user("?"), asked, FunctionExecutionResultMessage(content=[result])]
    assert forms.prompt_of(shown, messages, [SEARCH]) == "search(zoo)=open"
    assert forms.takes_tools(Template(WITH_TOOLS))
    assert not forms.takes_tools(shown)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ('<tool_call>\n{"name": "search", "arguments": {"query": "zoo"}}\n</tool_call>', ['{"query": "zoo"}']),
        ('I look.<tool_call>{"name": "search", "arguments": {"query": "ü"}}</tool_call>', ['{"query": "ü"}']),
        ('{"name": "search", "parameters": {"query": "zoo"}}', ['{"query": "zoo"}']),
        ('[{"name": "search", "arguments": {}}, {"name": "search", "arguments": {}}]', ["{}", "{}"]),
        ('<tool_call>{"name": "search", "arguments": {"query"</tool_call>', []),
        ('{"name": "delete", "arguments": {}}', []),
        ('{"name": "search", "arguments": "zoo"}', []),
        ('{"answer": 42}', []),
        ("The zoo opens at nine.", []),
        ("17", []),
    ],
)
def test_only_whole_calls_of_offered_tools_are_calls(text: str, calls: list[str]) -> None:
    assert [call.arguments for call in forms.calls_in(text, {"search"})] == calls


def test_no_beginning_of_a_call_is_shown() -> None:
    assert forms.showable("I look. <tool_") == len("I look. ")
    assert forms.showable("I look. <tool_call>{") == len("I look. ")
    assert forms.showable(' {"name"') == 0
    assert forms.showable("plain < text") == len("plain < text")
    assert forms.said_before("I look. <tool_call>{}") == "I look."
