"""Secrets, in whatever is shown or kept."""

import json
import logging
from pathlib import Path

import pytest
from ayllu.cli import log_file
from ayllu.cli.output import Output
from ayllu.errors import AylluError
from ayllu.redaction import drop_login, names_secret, redact, remember_secret
from ayllu.text import one_line


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://ana:pw@host/x", "http://•••@host/x"),
        ("http://ana:p@w@host:80/x?token=abc&page=1#f", "http://•••@host:80/x?token=•••&page=1#f"),
        ("https://host/a?X-Amz-Signature=ab12&q=key", "https://host/a?X-Amz-Signature=•••&q=key"),
        ("Authorization: Bearer abc123def456", "Authorization: Bearer •••"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic •••"),
        ("X-Api-Key: abcdefgh12345678", "X-Api-Key: •••"),
        ("Incorrect API key provided: sk-very-secret-1234.", "Incorrect API key provided: •••."),
        ("hf_abcdefghijklmnopqrstuvwxyz is no model", "••• is no model"),
        ('{"api_key": "hunter2x"}', '{"api_key": "•••"}'),
    ],
)
def test_what_has_the_form_of_a_secret_is_blotted_out(text: str, shown: str) -> None:
    assert redact(text) == shown
    assert redact(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://medium.com/@user",
        "Write to ana@example.org.",
        "`backends.mine.token_env` is not right",
        "password: incorrect",
        "The prompt has 5,000 tokens and the model reads 4,096.",
        "a bearer of basic knowledge",
        "task-management-system",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text) == text


def test_a_secret_that_was_read_is_known_in_every_message_the_log_and_what_is_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = 'correct horse/battery"staple'
    remember_secret(secret)
    spoken = AylluError(f"It said {secret}.", hint=f"Not {json.dumps(secret)}, nor correct%20horse%2Fbattery%22staple.")
    assert spoken.to_json() == {"error": "It said •••.", "hint": 'Not "•••", nor •••.', "kind": "error"}
    assert "horse" not in str(spoken)
    assert "horse" not in one_line(f"{'x' * 30}{secret}", 45)
    handler = log_file.start(tmp_path / "log")
    try:
        raise ValueError(secret)
    except ValueError:
        logging.getLogger("ayllu.test").warning("with %s", secret, exc_info=True)
    finally:
        log_file.stop(handler)
    assert "horse" not in (tmp_path / "log").read_text()
    Output().note(f"a traceback with {secret}")
    assert "horse" not in capsys.readouterr().err


@pytest.mark.parametrize("key", ["ollama", "LM-Studio", "not-needed"])
def test_what_people_set_for_a_server_without_keys_is_no_secret(key: str) -> None:
    remember_secret(key)
    assert redact(f"`{key} serve` starts it.") == f"`{key} serve` starts it."


def test_names_say_what_holds_a_secret() -> None:
    assert all(map(names_secret, ("token", "api_key", "token_env", "client_secret", "password")))
    assert not any(map(names_secret, ("max_tokens", "keyring", "model", "chunk_tokens")))


def test_an_address_is_known_without_its_login() -> None:
    assert drop_login("https://ana:pw@host/a@b?key=chapter1") == "https://host/a@b?key=chapter1"
    assert drop_login("https://host/@ana") == "https://host/@ana"
