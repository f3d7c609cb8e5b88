"""Tool calls out of answers."""

import pytest
from ayllu.backends.transformers.tool_calls import length_of_words, parse_calls, words_before_calls


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
    assert [call.arguments for call in parse_calls(text, {"search"})] == calls


def test_no_beginning_of_a_call_is_shown() -> None:
    assert length_of_words("I look. <tool_") == len("I look. ")
    assert length_of_words("I look. <tool_call>{") == len("I look. ")
    assert length_of_words(' {"name"') == 0
    assert length_of_words("plain < text") == len("plain < text")
    assert words_before_calls("I look. <tool_call>{}") == "I look."
