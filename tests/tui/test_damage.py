"""The chat over a file of conversations that cannot be read."""

from pathlib import Path

from .conftest import QUESTION, Home
from .driver import WIDE, ask, notices, until


async def test_it_opens_says_which_file_is_damaged_and_answers(home: Home, tmp_path: Path) -> None:
    home.conversations.close()
    for file in tmp_path.glob("conversations.sqlite*"):
        file.unlink()
    (tmp_path / "conversations.sqlite").write_bytes(b"no database" * 400)
    app = home.app()
    async with app.run_test(size=WIDE) as pilot:
        view = await ask(pilot, QUESTION)
        assert view.answer is not None
        assert "14:00" in view.answer.answer
        await until(pilot, lambda: any("conversations.sqlite is damaged" in notice for notice in notices(app)))
        await pilot.press("f2")
        await until(pilot, lambda: home.feedback.stats().up == 1)  # the log of feedback is another file, and whole
