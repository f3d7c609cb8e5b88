"""Make the README's picture by the program itself: `make screenshots`."""

import asyncio
import tempfile
from pathlib import Path

from ayllu.cli.compose import Parts
from ayllu.cli.flags import Flags
from ayllu.cli.output import Output
from ayllu.cli.talk import _open
from ayllu.tui import ChatApp
from ayllu.tui.answer import AnswerView
from ayllu.tui.prompt import Prompt

QUESTIONS = ("When is the library open on Sundays?", "How do I become a member?")
SIZE = (116, 30)


async def main() -> None:
    with tempfile.TemporaryDirectory() as home, Parts(Flags(home=Path(home)), Output(json=False)) as parts:
        app = ChatApp(lambda announce: _open(parts, announce, None, None, {}))
        async with app.run_test(size=SIZE) as pilot:
            for asked, question in enumerate(QUESTIONS, start=1):
                app.query_one("#prompt", Prompt).text = question
                await pilot.press("enter")
                while len([view for view in app.query(AnswerView) if view.answer is not None]) < asked:
                    await pilot.pause(0.05)
            await pilot.press("f2")
            await pilot.pause(0.5)
            picture = app.export_screenshot(title="ayllu")
            await pilot.press("ctrl+q")
    Path(__file__).with_name("chat.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
