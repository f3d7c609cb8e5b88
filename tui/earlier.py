"""What an earlier run left of a conversation: its exchanges, its questions, and what was typed or asked last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import AylluError

if TYPE_CHECKING:
    from ..app import Application
    from ..conversations import Exchange
    from ..feedback import Judgement


@dataclass(frozen=True, slots=True)
class Earlier:
    """All oldest first. `draft` was typed and not sent; `unanswered` was sent, and cut off by the program's end."""

    exchanges: Sequence[Exchange]
    judgements: Mapping[str, Judgement]  # of the person, by message id
    questions: Sequence[str]  # of all conversations
    draft: str
    unanswered: Sequence[str]
    failure: AylluError | None = None  # why there are no judgements: it costs nothing else

    @classmethod
    def of(cls, application: Application, session_id: str) -> Earlier:
        """
        Raises:
            AylluError: the conversations cannot be read.
        """
        conversations = application.conversations
        exchanges = conversations.exchanges(session_id)
        judgements: Mapping[str, Judgement] = {}
        failure = None
        try:
            judgements = _judgements(application, [exchange.message_id for exchange in exchanges])
        except AylluError as error:
            failure = error
        return cls(
            exchanges,
            judgements,
            conversations.input_history(),
            conversations.draft(session_id),
            conversations.unanswered(session_id),
            failure,
        )


def _judgements(application: Application, message_ids: Sequence[str]) -> Mapping[str, Judgement]:
    from ..config import current_person

    return application.feedback.judgements(message_ids, current_person(application.settings))
