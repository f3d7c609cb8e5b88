"""Which passages a prompt has, in which order, and how much of each: without a model, tokens counted by their length."""

from collections.abc import Sequence

import pytest
from ayllu.agents.reading import Arranged, Budget, TokenCounter, Wanted, arrange
from ayllu.agents.reading.memory import Block
from ayllu.retrieval import Passage

ROOMY = Budget(context=100_000, reading=100_000, speed=1_000.0)


def passage(name: str, words: int = 60, *, source: str = "", text: str = "", start: int = 0) -> Passage:
    """Sentences of ten words, each of which says its number and whose it is."""
    text = text or " ".join(f"The {name} has sentence number {at} and nothing much besides." for at in range(words // 10))
    return Passage(name, source or f"{name}.md", None, text, start, start + len(text), score=1.0, cosine=0.5)


async def arranged(
    passages: Sequence[Passage], budget: Budget = ROOMY, last: Sequence[Block] = (), further: Sequence[Passage] = ()
) -> Arranged:
    return await arrange(Wanted(passages, {}, further), last, budget, TokenCounter(None))


def ids(result: Arranged) -> list[str]:
    return [block.passage.chunk_id for block in result.blocks]


A, B, C, D = (passage(name) for name in "abcd")


async def test_without_a_known_speed_all_that_was_retrieved_is_read_and_nothing_further() -> None:
    result = await arranged([A, B, C], Budget(context=100_000, reading=None), further=[D])
    assert ids(result) == ["a", "b", "c"]
    assert all(block.complete for block in result.blocks)


async def test_what_was_read_last_comes_first_as_it_stood_and_costs_nothing() -> None:
    first = await arranged([A, B])
    second = await arranged([C, B, A], Budget(context=100_000, reading=300, speed=1_000.0), first.blocks)
    assert ids(second) == ["a", "b", "c"]
    assert [block.read for block in second.blocks[:2]] == [block.read for block in first.blocks]
    assert second.cached == sum(block.tokens for block in first.blocks)
    assert 0 < second.unread_share < 0.5


async def test_the_same_passages_again_leave_nothing_to_read() -> None:
    first = await arranged([A, B])
    assert (await arranged([B, A], Budget(1_000_000, 1, 1.0), first.blocks)).unread_share == 0


async def test_an_old_passage_that_nobody_wants_stays_only_where_that_saves_reading_more() -> None:
    last = (await arranged([A, B, C])).blocks
    slow, fast = Budget(100_000, 100_000, speed=20.0), Budget(100_000, 100_000, speed=100_000.0)
    assert ids(await arranged([B, C, D], slow, last)) == ["a", "b", "c", "d"]
    assert ids(await arranged([B, C, D], fast, last)) == ["b", "c", "d"]
    assert ids(await arranged([C, D], slow, last)) == ["c", "d"]  # two for one


async def test_a_further_passage_that_is_in_the_cache_stays_too() -> None:
    last = (await arranged([A, B])).blocks
    result = await arranged([B], Budget(100_000, 100_000, speed=100_000.0), last, further=[A])
    assert ids(result) == ["a", "b"]
    assert result.unread_share == 0


async def test_a_stretch_that_was_read_serves_a_smaller_one_in_it_under_its_new_id() -> None:
    last = (await arranged([A])).blocks
    inner = passage("z", source="a.md", text=A.text[59:180], start=59)
    result = await arranged([inner], ROOMY, last)
    assert ids(result) == ["z"]
    assert (result.blocks[0].passage.text, result.unread_share) == (A.text, 0)


async def test_the_same_chunk_read_longer_than_before_stands_in_the_prompt_once() -> None:
    last = (await arranged([passage("a", 20), B])).blocks
    result = await arranged([A, B], ROOMY, last)
    assert ids(result) == ["a", "b"]
    assert result.blocks[0].passage.text == A.text


async def test_further_passages_come_whole_as_long_as_there_is_time() -> None:
    size = (await arranged([A])).blocks[0].tokens
    result = await arranged([A], Budget(100_000, int(2.5 * size), 50.0), further=[B, C])
    assert ids(result) == ["a", "b"]
    assert all(block.complete for block in result.blocks)


async def test_where_time_is_short_the_last_is_cut_and_the_first_is_never_missing() -> None:
    size = (await arranged([A])).blocks[0].tokens
    cut = await arranged([A, B, C], Budget(100_000, int(1.6 * size), 50.0), further=[D])
    assert ids(cut) == ["a", "b"]
    assert [block.complete for block in cut.blocks] == [True, False]
    assert sum(block.tokens for block in cut.blocks) <= 1.6 * size
    longest = passage("long", 900)
    (only,) = (await arranged([longest, B], Budget(100_000, 1, 0.1))).blocks
    assert (only.passage.chunk_id, only.complete) == ("long", False)
    assert 100 < only.tokens <= 200


async def test_a_first_passage_that_is_short_is_read_to_its_end_however_slow_the_machine() -> None:
    (only,) = (await arranged([A, B], Budget(100_000, 1, 0.1))).blocks
    assert (only.complete, only.read.text) == (True, A.text)


async def test_what_does_not_fit_the_context_is_cut_whatever_the_speed() -> None:
    result = await arranged([passage("long", 900)], Budget(context=400, reading=None))
    assert sum(block.tokens for block in result.blocks) <= 400


async def test_a_cut_passage_that_lacks_what_is_wanted_now_is_read_anew() -> None:
    longest = passage("long", 600)
    last = (await arranged([longest], Budget(100_000, 250, 50.0))).blocks
    end = longest.text.rpartition("The ")[2]
    wanted = Wanted([longest], {f"The {end}": 1.0})
    result = await arrange(wanted, last, Budget(100_000, 250, 50.0), TokenCounter(None))
    assert result.cached == 0
    assert end in result.blocks[0].read.text


async def test_nothing_retrieved_is_nothing_read() -> None:
    assert (await arranged([])).blocks == ()


async def test_columns_stay_above_a_table_that_is_cut() -> None:
    rows = "\n".join(f"| item {at} | {at} soles for each day that it is late |" for at in range(60))
    table = Passage("t", "t.md", None, rows, 0, len(rows), 1.0, 0.5, context="| name | price |")
    (block,) = (await arranged([table], Budget(100_000, 220, 10.0))).blocks
    assert block.read.text.startswith("| name | price |\n")
    assert not block.complete


@pytest.mark.parametrize("tokens", [60, 130, 400])
async def test_no_budget_is_overdrawn_by_more_than_a_word(tokens: int) -> None:
    result = await arranged([passage(name, 200) for name in "abcde"], Budget(100_000, 200 + tokens, 50.0))
    assert sum(block.tokens for block in result.blocks) <= 200 + tokens + 5
