"""Examples as tokens, through chat templates that differ."""

from typing import Any

from ayllu.training.data import Example, prompt_text
from jinja2.exceptions import TemplateError


class Gemma:
    """A tokenizer whose template knows no system message."""

    def apply_chat_template(self, messages: list[dict[str, str]], *, tokenize: bool, add_generation_prompt: bool) -> str:
        if messages[0]["role"] == "system":
            raise TemplateError("System role not supported")
        return "".join(f"<{message['role']}>{message['content']}" for message in messages)


def test_a_template_without_system_messages_has_theirs_before_the_first_question() -> None:
    messages: list[dict[str, Any]] = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Who?"}]
    assert prompt_text(Example(messages, "Ana.", "s", "e"), Gemma()) == "<user>Be brief.\n\nWho?"
