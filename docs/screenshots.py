"""Make the README's picture by the program itself: `make screenshots`."""

import asyncio
import tempfile
from pathlib import Path

from ayllu import paths
from ayllu.app import Application, ChatOptions
from ayllu.tui import ChatApp
from ayllu.tui.answer import AnswerView
from ayllu.tui.prompt import Prompt

QUESTIONS = ("When is the library open on Sundays?", "How do I become a member?")
SIZE = (116, 30)


async def main() -> None:
    with tempfile.TemporaryDirectory() as home, Application(paths.find(Path(home))) as application:
        app = ChatApp(application, ChatOptions())
        async with app.run_test(size=SIZE) as pilot:
            for count, question in enumerate(QUESTIONS, start=1):
                app.query_one("#prompt", Prompt).text = question
                await pilot.press("enter")
                while len([view for view in app.query(AnswerView) if view.answer is not None]) < count:
                    await pilot.pause(0.05)
            await pilot.press("f2")
            await pilot.pause(0.5)
            picture = app.export_screenshot(title="ayllu")
            await pilot.press("ctrl+q")
    Path(__file__).with_name("chat.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
