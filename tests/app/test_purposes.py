"""One line says what a judgement is used for, or why for nothing; the chat names its keys."""

from ayllu.app import short_use_words, use_words

NOTHING = {name: f"Not for {name}." for name in ("memory", "pins", "critic", "fusion", "training", "gate")}


def test_the_reason_is_the_one_that_speaks_of_what_was_said() -> None:
    assert use_words(NOTHING, ["rating"], refusal=False) == "It is used for nothing. Not for gate."
    assert use_words(NOTHING, ["rating"], refusal=True) == "It is used for nothing. Not for critic."
    assert use_words(NOTHING, ["abstention", "comment"], refusal=False) == "It is used for nothing. Not for critic."
    assert use_words(NOTHING, ["citation_wrong"], refusal=False) == "It is used for nothing. Not for pins."
    assert use_words(NOTHING, ["preference"], refusal=False) == "It is used for nothing. Not for memory."
    assert "(--correction)" in use_words(NOTHING, ["comment"], refusal=False)


def test_the_chat_names_its_keys() -> None:
    assert "(F4)" in short_use_words(NOTHING, ["comment"], refusal=False)
    words = short_use_words({**NOTHING, "critic": "Not said: --abstention does."}, ["rating"], refusal=True)
    assert words.endswith("Not said: F2 or F3 on a refusal does.")


def test_the_uses_are_listed_shortly() -> None:
    usable = {**NOTHING, "critic": True, "gate": True}
    assert short_use_words(usable, ["rating"], refusal=True) == "Used for when to refuse and judging adapters."
    corrected = {**NOTHING, "memory": True, "pins": True, "critic": True, "fusion": True}
    assert short_use_words(corrected, ["correction"], refusal=True) == (
        "Asked again, the question is answered so. Also used for finding passages, when to refuse and weighing the searches."
    )
    assert short_use_words({**NOTHING, "pins": True}, ["correction"], refusal=False).startswith("Not for memory.")
