"""Ratings and corrections of the chosen answer: asked for, kept, and shown where they belong."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from ..errors import AylluError

if TYPE_CHECKING:
    from ..app import Application, Rating
    from ..conversations import Answer, Exchange
    from .answer import AnswerView
    from .reading import Reading
    from .status import ActivityLine


class Judging:
    """What the keys of judging do. All that a person says is on disk before they are told so."""

    def __init__(self, application: Application, reading: Reading, activity: ActivityLine) -> None:
        self._application = application
        self._reading = reading
        self._activity = activity
        self._unsaved: dict[str, str] = {}  # corrections that were left, or could not be kept, by message id

    async def rate(self, rating: Rating) -> None:
        """Rate the chosen answer; the same once more takes it back."""
        from ..app import keep_rating
        from .judgement import use_of_rating

        if (judged := self._judged("rate")) is None:
            return
        view, answer = judged
        try:
            judgement = await asyncio.to_thread(keep_rating, self._application, answer.message_id, rating)
        except AylluError as error:
            self._activity.complain(error)
            return
        view.judge(judgement)
        if judgement is None or judgement.rating != rating:
            self._activity.say("Taken back: the answer is not rated.")
            return
        self._activity.say("Kept.")
        try:
            use = await asyncio.to_thread(use_of_rating, self._application, answer.message_id, rating)
        except AylluError as error:
            self._activity.complain(error)
            return
        if view.judgement is judgement:  # nothing else was said meanwhile
            self._activity.say(f"Kept. {use}")

    async def correct(self) -> None:
        """Open the editor; what is written there is kept when it is closed by Enter."""
        if (judged := self._judged("correct")) is None:
            return
        view, answer = judged
        try:
            exchange = await asyncio.to_thread(self._exchange, answer.message_id)
        except AylluError as error:
            self._activity.complain(error)
            return
        from ..app import why_not_learnt
        from .correct import CorrectScreen

        async def corrected(text: str | None) -> None:
            self._unsaved[answer.message_id] = text or editor.typed
            if text:
                await self._keep(view, exchange, text)

        before = view.judgement.correction if view.judgement is not None else None
        editor = CorrectScreen(
            exchange.answer,
            partial(why_not_learnt, self._application, exchange),
            self._unsaved.get(answer.message_id) or before,
            remembers=self._application.settings.agents.memory,
        )
        await self._activity.app.push_screen(editor, corrected)

    def _exchange(self, message_id: str) -> Exchange:
        from ..app import why_not_learnt

        exchange = self._application.conversations.get(message_id)
        why_not_learnt(self._application, exchange, "")  # imports what the editor needs, here in a thread
        return exchange

    def _judged(self, verb: str) -> tuple[AnswerView, Answer] | None:
        """The answer that a judgement is about; the person is told where there is none."""
        view = self._reading.chosen
        if view is None or view.answer is None:
            self._activity.notice(f"There is no answer to {verb} yet.")
            return None
        return view, view.answer

    async def _keep(self, view: AnswerView, exchange: Exchange, correction: str) -> None:
        from ..app import keep_correction
        from .judgement import use_of_correction

        try:
            view.judge(await asyncio.to_thread(keep_correction, self._application, exchange, correction))
            self._unsaved.pop(exchange.message_id, None)
            self._activity.say("Kept.")
            use = await asyncio.to_thread(use_of_correction, self._application, exchange, correction)
        except AylluError as error:
            self._activity.complain(error)
            if exchange.message_id in self._unsaved:
                self._activity.say("Not kept: F4 opens it again with what you wrote.")
            return
        self._activity.say(f"Kept. {use}")
