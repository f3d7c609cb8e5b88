"""Raw completion from a script: a model whose tokens are words, and which likes what it was told to like.

It obeys the grammars that span writing makes (right-linear GBNF over tokens and quoted text), so that candidates, ranking
and the critic run as over a real server.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping, Sequence

from ..base import Completion, Piece, RawRequest, TokenChoice

_TOKEN = re.compile(r"\s?[^\s.,;:!?()\"]+(?:[.,:]\w+)*|\s?\S|\s")  # a word with the space before it, or a sign
_ALTERNATIVE = re.compile(r"<\[(\d+)\]>|(\"(?:[^\"\\]|\\.)*\")|(\w+)")
_TELLING = re.compile(r"[A-Z\d](?:[\w:.,-]*\w)?(?: (?:to |of )?[A-Z\d](?:[\w:.,-]*\w)?)*")  # names, figures, spans of time
_UNLIKED = -3.0  # log-probability of a token that no liking speaks of
_LIKED = -2.0  # of the first name or figure
_STEP = 0.05  # by which each further word of a text is liked less than the one before
_END = "\n"
Likings = Mapping[str, float]
Options = Sequence[tuple[str, str | None]]  # what may come next, and the rule after it; None ends


class ScriptedCompletion:
    """`likings` gives for a prompt the texts that the model would write, with the log-probability of each.

    Without any that stands in the prompt's last text, it likes the names and figures there, and then its words, in order.
    `requests` holds every request, `prompts` its prompt as text.
    """

    def __init__(self, likings: Likings | Callable[[str], Likings] | None = None, *, pause_s: float = 0.0) -> None:
        self._likings = likings
        self.pause_s = pause_s
        self._ids: dict[str, int] = {}
        self._texts: list[str] = []
        self.requests: list[RawRequest] = []
        self.prompts: list[str] = []
        self.error: Exception | None = None  # raised by the next call

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        return [Piece(self._id(token), token) for token in _TOKEN.findall(text)]

    async def complete(self, request: RawRequest) -> Completion:
        """Greedy, within the grammar. `schema` and `regex` are not looked at."""
        await asyncio.sleep(self.pause_s)
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        prompt = request.prompt if isinstance(request.prompt, str) else "".join(self._texts[id] for id in request.prompt)
        self.requests.append(request)
        self.prompts.append(prompt)
        likings = self._liked(prompt)
        begun = prompt.rpartition("\n")[2].partition(":")[2]  # of the line that is being written
        tokens, logprobs = self._write(request, likings, begun)
        text, stopped = _cut("".join(tokens), request.stop)
        first = self._first(begun, likings)[: request.n_probs]
        prompt_tokens = len(_TOKEN.findall(prompt))
        finish = "length" if len(tokens) >= request.max_tokens and not stopped else "stop"
        return Completion(text, len(tokens), logprobs if request.n_probs else (), first, prompt_tokens, 0, finish)

    def _write(self, request: RawRequest, likings: Likings, begun: str) -> tuple[list[str], list[float]]:
        grammar = _Grammar(request.grammar, self._texts) if request.grammar else None
        rule: str | None = "root"
        tokens: list[str] = []
        logprobs: list[float] = []
        while len(tokens) < request.max_tokens and rule is not None:
            wanted = self._continuations(begun + "".join(tokens), likings)
            if grammar is None:
                choice = max(wanted, key=lambda token: wanted[token], default=_END)
                rule = None if choice == _END else rule
            else:
                choice, rule = _allowed(grammar.options(rule), wanted)
            tokens.append(choice)
            logprobs.append(wanted.get(choice, _UNLIKED if wanted or choice != _END else 0.0))
        return tokens, logprobs

    def _continuations(self, written: str, likings: Likings) -> dict[str, float]:
        """What would come after `written`, by each liking that begins so; the first token carries all it is liked by."""
        nexts: dict[str, float] = {}
        for text, logprob in likings.items():
            if text.startswith(written) and (rest := _TOKEN.findall(text[len(written) :])):
                nexts[rest[0]] = max(nexts.get(rest[0], -999.0), 0.0 if written else logprob)
        return nexts

    def _first(self, begun: str, likings: Likings) -> list[TokenChoice]:
        logprobs = self._continuations(begun, likings)
        best = sorted(logprobs, key=lambda token: -logprobs[token])
        return [TokenChoice(self._id(token), token, logprobs[token]) for token in best]

    def _liked(self, prompt: str) -> Likings:
        """Every liking as it would be written: after a space, and with a newline at its end."""
        own = self._likings(prompt) if callable(self._likings) else self._likings or {}
        spelled = {f" {text.strip()}{_END}": logprob for text, logprob in own.items()}
        shown = prompt[: prompt.rfind("\nQuestion:")].rpartition("Text: ")[2]
        if any(text.strip() in shown for text in spelled):
            return spelled
        words = [token.strip() for token in _TOKEN.findall(shown) if re.match(r"\s?\w", token)]
        telling = dict.fromkeys([*_TELLING.findall(shown), *words])
        return {f" {text}{_END}": _LIKED - _STEP * at for at, text in enumerate(telling)} | spelled

    def _id(self, token: str) -> int:
        if token not in self._ids:
            self._ids[token] = len(self._texts)
            self._texts.append(token)
        return self._ids[token]


class _Grammar:
    """GBNF as span writing makes it: every alternative is one or more texts and at most one rule, which comes last."""

    def __init__(self, text: str, vocabulary: Sequence[str]) -> None:
        self._vocabulary = vocabulary
        self._rules = dict(line.split(" ::= ", 1) for line in text.splitlines() if " ::= " in line)

    def options(self, rule: str) -> Options:
        options: list[tuple[str, str | None]] = []
        for alternative in _alternatives(self._rules[rule]):
            parts = list(_ALTERNATIVE.finditer(alternative))
            if parts[0][3]:
                options += self.options(parts[0][3])
            else:
                rest = alternative[parts[0].end() :].strip()
                if rest and not re.fullmatch(r"\w+", rest):
                    self._rules.setdefault(f"after {rest}", rest)
                    rest = f"after {rest}"
                text = self._vocabulary[int(parts[0][1])] if parts[0][1] else json.loads(parts[0][2])
                options.append((text, rest or None))
        return options


def _alternatives(body: str) -> list[str]:
    """Split at the bars that do not stand in quotes."""
    return [part.strip() for part in re.findall(r"(?:\"(?:[^\"\\]|\\.)*\"|[^|\"])+", body)]


def _allowed(options: Options, wanted: Mapping[str, float]) -> tuple[str, str | None]:
    """The option that is liked best; else the end, else the first."""
    liked = [option for option in options if option[0] in wanted]
    if liked:
        return max(liked, key=lambda option: wanted[option[0]])
    return next((option for option in options if option[0] == _END), options[0])


def _cut(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    """`text` up to the first of `stop`, and whether one stands in it."""
    at = min((place for word in stop if (place := text.find(word)) >= 0), default=None)
    return (text, text.endswith(_END)) if at is None else (text[:at], True)
