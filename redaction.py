"""Secrets, taken out of whatever is shown or kept: messages, the log, JSON. The one place that knows how they look.

A secret that was read in order to be sent is known, and is blotted out wherever it stands: servers repeat what they were
given. Others are known by their form: logins in addresses, parameters and headers that carry keys, the tokens of well-known
makers. A document's text is not looked at: what a person reads there is theirs.
"""

from __future__ import annotations

import json
import re
from urllib.parse import quote

BLOT = "•••"
_MIN_LENGTH = 6  # characters; shorter ones ("none") are no secrets, and stand in ordinary words
_STAND_INS = {  # what people set for a server that wants no key; blotted out, the server's own name would be missing
    *("ollama", "lmstudio", "lm-studio", "llama.cpp", "llama-server", "llamacpp", "localai", "sglang", "gpt4all", "openllm"),
    *("openai", "not-needed", "not needed", "no-key", "nokey", "no-key-required", "sk-no-key-required", "api-key", "apikey"),
}
_LOGIN = re.compile(r"(?<=//)[^/?#\s\"'<>]*@")
_PARAMETER = re.compile(
    r"([?&;#](?:[\w.-]*(?:key|token|secret|password|passwd|pwd|signature|credential|auth)|sig)=)[^&;#\s\"'<>]+",
    re.IGNORECASE,
)
# What follows is no word of prose: it has a digit, a `=` or a capital within.
_HEADER = re.compile(
    r"(\bbearer\s+|authorization\W+\w+\s+|\bx-api-key\W+)(?=\S*(?:[\d=]|(?-i:[a-z][A-Z])))[\w.~+/=-]{8,}", re.IGNORECASE
)
_FIELD = re.compile(
    r"((?:api[_-]?key|access[_-]?token|auth[_-]?token|client[_-]?secret|passw(?:or)?d)(?:[\"']\s*:|\s*=)\s*[\"']?)[^\s\"',;}&]{6,}",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"\b(?:[spr]k-[\w-]{12,}|hf_[A-Za-z0-9]{16,}|gh[opsur]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}"
    r"|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
)
_NAME = re.compile(r"(?:token|key|secret|passw(?:or)?d)(?:_env)?$", re.IGNORECASE)
_known: set[str] = set()


def remember_secret(secret: str) -> None:
    """From now on `redact` knows it, in whatever text."""
    if len(secret) >= _MIN_LENGTH and secret.casefold() not in _STAND_INS:
        _known.update({secret, quote(secret, safe=""), json.dumps(secret)[1:-1]})


def redact(text: str) -> str:
    """`text` with every secret blotted out."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, BLOT)
    text = _LOGIN.sub(f"{BLOT}@", _PARAMETER.sub(rf"\1{BLOT}", text))
    return _TOKENS.sub(BLOT, _FIELD.sub(rf"\1{BLOT}", _HEADER.sub(rf"\1{BLOT}", text)))


def names_secret(name: str) -> bool:
    """Whether what a setting of this name holds is a secret, or was put there as one."""
    return _NAME.search(name) is not None


def drop_login(address: str) -> str:
    """The address without the login in it, by which it is known and kept."""
    return _LOGIN.sub("", address, count=1)
