"""AutoGen's chat client for a model in this process."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Literal

from autogen_core import CancellationToken
from autogen_core.models import CreateResult, LLMMessage, ModelInfo, RequestUsage
from autogen_core.tools import Tool, ToolSchema
from pydantic import BaseModel

from ...errors import UsageError
from ..wire import ChatClient
from .generation import Generation, GenerationRequest, Sampling
from .model_thread import EngineOwner
from .prompt import render_prompt, takes_tools
from .tool_calls import length_of_words, parse_calls, tool_names, words_before_calls

if TYPE_CHECKING:
    from .engine import Engine

_OPTIONS = frozenset("max_tokens temperature top_p top_k seed stop response_format".split())


class TransformersClient(ChatClient):
    """`create` and `create_stream` take `max_tokens`, `temperature`, `top_p`, `top_k`, `seed`, `stop` and `response_format`.

    Without `max_tokens` an answer may fill the context; the others are the model's own where they are not given.

    Raises (from `create` and `create_stream`):
        BackendFailed, ContextOverflow, UsageError
    """

    def __init__(self, owner: EngineOwner) -> None:
        super().__init__()
        self._owner = owner
        self._takes_tools: tuple[Engine, bool] | None = None

    @property
    def context(self) -> int:
        return self._owner.context

    async def create_stream(
        self,
        messages: Sequence[LLMMessage],
        *,
        tools: Sequence[Tool | ToolSchema] = [],
        tool_choice: Tool | Literal["auto", "required", "none"] = "auto",
        json_output: bool | type[BaseModel] | None = None,
        extra_create_args: Mapping[str, Any] = {},
        cancellation_token: CancellationToken | None = None,
    ) -> AsyncGenerator[str | CreateResult, None]:
        offered = _offered(tools, tool_choice)
        grammar = _grammar(json_output, extra_create_args.get("response_format"))
        _check_options(extra_create_args)
        engine, thread = await self._owner.engine(), self._owner.thread
        request = await thread.run(lambda: _request(engine, messages, offered, grammar, extra_create_args))
        names, text, shown = tool_names(offered), "", 0
        async with aclosing(thread.generate(engine, request, cancellation_token)) as pieces:
            async for piece in pieces:
                if not isinstance(piece, str):
                    result = self._result(piece, names)
                    if isinstance(result.content, str) and (rest := piece.text[shown:]):
                        yield rest
                    yield result
                    return
                text += piece
                words = length_of_words(text) if names else len(text)
                if words > shown:
                    yield text[shown:words]
                    shown = words

    def _result(self, generation: Generation, names: set[str]) -> CreateResult:
        usage = RequestUsage(prompt_tokens=generation.prompt_tokens, completion_tokens=generation.tokens)
        self.record_usage(usage)
        calls = parse_calls(generation.text, names) if names else []
        finish: Literal["length", "stop"] = "length" if generation.finish == "length" else "stop"
        return CreateResult(
            finish_reason="function_calls" if calls else finish,
            content=calls or generation.text,
            usage=usage,
            cached=False,
            thought=words_before_calls(generation.text) or None if calls else None,
        )

    def count_tokens(self, messages: Sequence[LLMMessage], *, tools: Sequence[Tool | ToolSchema] = []) -> int:
        """Exact once the model is loaded; before, an estimate."""
        engine = self._owner.loaded
        if engine is not None:
            return len(engine.tokens(render_prompt(engine.tokenizer, messages, tools), control=True))
        return super().count_tokens(messages, tools=tools)

    @property
    def model_info(self) -> ModelInfo:
        """Function calling is known once the model is loaded, unless the settings say it."""
        calls = self._owner.tools
        return ModelInfo(
            vision=False,
            function_calling=self._template_takes_tools() if calls is None else calls,
            json_output=True,
            structured_output=True,
            family="unknown",
        )

    def _template_takes_tools(self) -> bool:
        engine = self._owner.loaded
        if engine is None:
            return False
        if self._takes_tools is None or self._takes_tools[0] is not engine:
            self._takes_tools = engine, takes_tools(engine.tokenizer)
        return self._takes_tools[1]


def _offered(tools: Sequence[Tool | ToolSchema], choice: Any) -> Sequence[Tool | ToolSchema]:
    if tools and choice not in ("auto", "none"):
        raise UsageError(
            "A model in this process cannot be made to call a tool.", hint='Use `tool_choice="auto"`, or another backend.'
        )
    return () if choice == "none" else tools


def _check_options(extra: Mapping[str, Any]) -> None:
    unknown = [name for name, value in extra.items() if name not in _OPTIONS and value is not None]
    if unknown:
        raise UsageError(
            f"The backend `transformers` does not know {', '.join(unknown)}.",
            hint=f"It knows: {', '.join(sorted(_OPTIONS))}.",
        )


def _grammar(json_output: bool | type[BaseModel] | None, form: Any) -> str | None:
    """What an answer in JSON is held to: a Pydantic class, OpenAI's `json_schema` form, or any JSON object."""
    from .grammars import schema_grammar

    if isinstance(json_output, type):
        return schema_grammar(json_output.model_json_schema())
    if isinstance(form, dict) and form.get("type") == "json_schema":
        return schema_grammar(form["json_schema"]["schema"])
    if json_output or (isinstance(form, dict) and form.get("type") == "json_object"):
        return schema_grammar({"type": "object"})
    if form and not (isinstance(form, dict) and form.get("type") == "text"):
        raise UsageError("This `response_format` is not known.", hint="Give a `json_schema`, or `json_object`.")
    return None


def _request(
    engine: Engine,
    messages: Sequence[LLMMessage],
    tools: Sequence[Tool | ToolSchema],
    grammar: str | None,
    extra: Mapping[str, Any],
) -> GenerationRequest:
    stop = extra.get("stop") or ()
    return GenerationRequest(
        engine.tokens(render_prompt(engine.tokenizer, messages, tools), control=True),
        int(extra.get("max_tokens") or engine.context),
        _sampling(engine, extra),
        (stop,) if isinstance(stop, str) else tuple(stop),
        grammar,
    )


def _sampling(engine: Engine, extra: Mapping[str, Any]) -> Sampling:
    """As asked for; what is left open is as the model's maker set it."""
    defaults = engine.model.generation_config
    options = {name: extra[name] for name in ("temperature", "top_p", "top_k") if extra.get(name) is not None}
    if getattr(defaults, "do_sample", False):
        for name in ("temperature", "top_p", "top_k"):
            if (value := getattr(defaults, name, None)) is not None:
                options.setdefault(name, value)
    return Sampling(
        float(options.get("temperature", 0.0)),
        float(options.get("top_p", 1.0)),
        int(options.get("top_k", 0)),
        extra.get("seed"),
    )
