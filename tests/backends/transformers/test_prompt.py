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
from ayllu.backends.transformers.prompt import render_prompt, takes_tools

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

    def apply_chat_template(self, messages: list[dict[str, object]], **options: object) -> str:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        def refuse(reason: str) -> None:
            raise TemplateError(reason)

        template = ImmutableSandboxedEnvironment().from_string(self.chat_template)
        return template.render(messages=messages, raise_exception=refuse, **options)


def test_a_template_without_system_messages_gets_them_with_the_question() -> None:
    strict = Template(
        "{% for m in messages %}{% if m.role == 'system' or (m.role == 'user') != (loop.index0 % 2 == 0) %}"
        "{{ raise_exception('roles must alternate') }}{% endif %}[{{ m.role }}: {{ m.content }}]{% endfor %}"
    )
    messages = [SystemMessage(content="Be brief."), *user("Why?"), *user("Tell me.")]
    assert render_prompt(strict, messages) == "[user: Be brief.\n\nWhy?\n\nTell me.]"
    with pytest.raises(BackendFailed, match="never"):
        render_prompt(Template("{{ raise_exception('never') }}"), messages)
    with pytest.raises(BackendFailed, match="no chat template"):
        render_prompt(Template(""), messages)


def test_calls_and_their_results_go_through_the_template() -> None:
    shown = Template(
        "{% for m in messages %}{% for c in m.tool_calls or [] %}{{ c.function.name }}({{ c.function.arguments.query }})"
        "{% endfor %}{% if m.role == 'tool' %}={{ m.content }}{% endif %}{% endfor %}"
    )
    call = AssistantMessage(content=[FunctionCall(id="1", name="search", arguments='{"query": "zoo"}')], source="writer")
    result = FunctionExecutionResult(content="open", name="search", call_id="1", is_error=False)
    messages = [*user("?"), call, FunctionExecutionResultMessage(content=[result])]
    assert render_prompt(shown, messages, [SEARCH]) == "search(zoo)=open"
    assert takes_tools(Template(WITH_TOOLS))
    assert not takes_tools(shown)
