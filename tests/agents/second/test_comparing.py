"""Whether a draft says what a phrase says, and which of them stands first."""

import pytest
from ayllu.agents.second import compare_readings, place_reading, precedence_of
from ayllu.models import SAFE, Profile


class Stems:
    """A word without its plural."""

    def stems(self, text: str) -> list[str]:
        return [word.removesuffix("s") for word in text.lower().split()]


@pytest.mark.parametrize(
    ("phrase", "draft", "agreement"),
    [
        ("118", "Kuechly registered 118 tackles.", "agrees"),
        ("118 tackles", "Kuechly registered 11 sacks.", "differs"),
        ("three", "There are 3 of them.", "agrees"),
        ("1,200 soles", "It costs 1200 soles.", "agrees"),
        ("10:00 to 14:00", "It is open from 10:00 until 14:00.", "agrees"),
        ("24 March 1879", "She was born in 1879.", "unclear"),
        ("the Pittsburgh Steelers", "They beat the Steelers of Pittsburgh.", "agrees"),
        ("Kony Ealy", "Von Miller forced it.", "differs"),
        ("by a green hatch", "Small items go through the door.", "unclear"),
        ("the", "The door.", "unclear"),
    ],
)
def test_figures_and_names_tell_whether_two_readings_differ(phrase: str, draft: str, agreement: str) -> None:
    assert compare_readings(phrase, draft, Stems()) == agreement


@pytest.mark.parametrize(
    ("model", "precedence"),
    [
        ("qwen2.5-coder-0.5b-instruct-q4_k_m", "phrase"),
        ("SmolLM2-360M-Instruct", "phrase"),
        ("llama3.2:1b", "draft"),
        ("Qwen/Qwen2.5-1.5B-Instruct", "alone"),
        ("mixtral-8x22b", "alone"),
        ("gpt-oss", "draft"),
        ("model-b", "draft"),
    ],
)
def test_the_size_in_a_models_name_says_what_stands_first(model: str, precedence: str) -> None:
    assert precedence_of(SAFE, model) == precedence
    assert precedence_of(Profile(second_reader="draft"), model) == "draft"


def test_a_phrase_is_shown_where_it_tells_something_that_the_draft_does_not() -> None:
    assert place_reading("agrees", "phrase", "draft") == "beneath"
    assert place_reading("agrees", "draft", "draft") == "unshown"
    assert place_reading("unclear", "phrase", "draft") == "beneath"  # nobody can tell that it says another thing
    assert place_reading("unclear", "draft", "draft") == "unshown"
    assert place_reading("differs", "draft", "draft") == "after"
    assert place_reading("differs", "phrase", "abstain") == "unshown"
    assert place_reading("agrees", "draft", "quote") == "first"


def test_an_unsure_phrase_takes_no_place_but_behind_a_small_model_s_draft() -> None:
    assert place_reading("differs", "phrase", "draft", share=0.4) == "after"
    assert place_reading("differs", "draft", "draft", share=0.4) == "unshown"
    assert place_reading("differs", "phrase", "quote", share=0.4) == "beneath"


def test_a_phrase_that_its_own_model_would_not_answer_with_is_shown_only_where_the_draft_says_the_same() -> None:
    assert place_reading("differs", "phrase", "draft", answers=False) == "unshown"
    assert place_reading("unclear", "draft", "quote", answers=False) == "unshown"
    assert place_reading("agrees", "phrase", "draft", answers=False) == "beneath"
