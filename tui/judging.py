"""Ratings and corrections of the chosen answer: asked for, kept, and shown where they belong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from ..errors import AylluError

if TYPE_CHECKING:
    from ..app import Application
    from .answer import AnswerView
    from .judgement import Judgement, Rating
    from .reading import Reading
    from .status import ActivityLine


class Judging:
    """What the keys of judging do."""

    def __init__(self, application: Application, reading: Reading, activity: ActivityLine) -> None:
        self._application = application
        self._reading = reading
        self._activity = activity

    async def rate(self, rating: Rating) -> None:
        if (view := self._judged("rate")) is not None:
            await self._keep(view, replace(view.judgement, rating=rating))

    async def correct(self) -> None:
        """Open the editor; what is written there is kept when it is closed by Enter."""
        from .correct import CorrectScreen

        if (view := self._judged("correct")) is None or view.answer is None:
            return

        async def corrected(text: str | None) -> None:
            if text:
                await self._keep(view, replace(view.judgement, correction=text))

        await self._activity.app.push_screen(CorrectScreen(view.answer), corrected)

    def _judged(self, verb: str) -> AnswerView | None:
        """The answer that a judgement is about; the person is told where there is none."""
        view = self._reading.chosen
        if view is None or view.answer is None:
            self._activity.notice(f"There is no answer to {verb} yet.")
            return None
        return view

    async def _keep(self, view: AnswerView, judgement: Judgement) -> None:
        """Keep what the person thinks; it is on disk before they are told so."""
        from .judgement import keep_judgement

        assert view.answer is not None
        try:
            kept = await asyncio.to_thread(keep_judgement, self._application, view.answer.message_id, judgement)
        except AylluError as error:
            self._activity.complain(error)
            return
        view.judge(judgement)
        self._activity.say(kept)
