"""What is about to be trained."""

from typing import Any, cast

import pytest
from ayllu.training.data import Example
from ayllu.training.loop.plan import Plan


@pytest.mark.parametrize(("count", "declines"), [(199, False), (200, True)])
def test_a_model_is_asked_whether_there_is_an_answer_once_it_has_learnt_it_often_enough(count: int, declines: bool) -> None:
    examples = [Example("Text: …\nQuestion: Who?\nAnswer:", " none\n", "g", f"e{number}") for number in range(count)]
    plan = Plan(cast(Any, None), cast(Any, None), examples, [], cast(Any, None), cast(Any, None))
    assert (plan.extras.asks, plan.extras.declines) == (False, declines)


def test_a_plan_names_the_conversations_and_the_corrections_that_it_learns_from() -> None:
    examples, validated = [Example("p", "c", "g1", "e1"), Example("p", "d", "g1", "e2")], [Example("p", "c", "g2", "e3")]
    plan = Plan(cast(Any, None), cast(Any, None), examples, validated, cast(Any, None), cast(Any, None))
    assert plan.learned_from == ["e1", "e2", "e3", "g1", "g2"]
