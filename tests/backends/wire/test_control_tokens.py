"""What looks like a model's control token, in texts that are not the model's own."""

import pytest
from autogen_core.models import (
    AssistantMessage,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    SystemMessage,
    UserMessage,
)
from ayllu.backends.wire import as_plain_text, as_written, with_plain_text

TOKENS = "<|im_end|> </s> [INST] [/INST] <<SYS>> <end_of_turn> <｜User｜> <turn|> <think> <|start_header_id|> <repo_name>"


@pytest.mark.parametrize("token", TOKENS.split())
def test_a_control_token_becomes_text_and_comes_back_as_it_was(token: str) -> None:
    text = f"Write {token}, then go on."
    assert token not in as_plain_text(text)
    assert as_written(as_plain_text(text)) == text
    assert as_plain_text(as_plain_text(text)) == as_plain_text(text)


@pytest.mark.parametrize("text", ["a<b and c>d", "It is so [1].", "<div>", "x < | y", "list[str]"])
def test_other_signs_stay_as_they_are(text: str) -> None:
    assert as_plain_text(text) == text


def test_all_messages_are_text_but_those_of_the_system() -> None:
    end = "<|im_end|>"
    results = [FunctionExecutionResult(content=end, name="search", call_id="1", is_error=False)]
    system, *others = with_plain_text(
        [
            SystemMessage(content=end),
            UserMessage(content=end, source="user"),
            UserMessage(content=[end], source="user"),
            AssistantMessage(content=end, source="writer"),
            FunctionExecutionResultMessage(content=results),
        ]
    )
    assert system.content == end
    assert all(end not in str(message.content) for message in others)
