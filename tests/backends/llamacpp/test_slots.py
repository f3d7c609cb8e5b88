"""Which slot answers for which adapter."""

import pytest
from ayllu.backends.llamacpp.slots import AdapterSlots
from ayllu.errors import UsageError


def test_slots_are_never_shared_and_the_emptiest_is_taken() -> None:
    slots = AdapterSlots([None, "a1"], slots=2)
    assert (slots.count, slots.loras) == (4, ("a1",))
    with slots.reserve("a1") as first, slots.reserve("a1") as second, slots.reserve(None) as untuned:
        assert [first["id_slot"], second["id_slot"], untuned["id_slot"]] == [2, 3, 0]
        assert first["lora"] == [{"id": 0, "scale": 1.0}]
        assert untuned["lora"] == [{"id": 0, "scale": 0.0}]
        assert not slots.idle
    assert slots.idle


def test_a_single_adapter_leaves_the_choice_to_the_server() -> None:
    with AdapterSlots(["a1"], slots=1).reserve("a1") as alone:
        assert alone == {}


def test_an_adapter_that_is_not_held_is_refused_with_the_setting_that_holds_it() -> None:
    with pytest.raises(UsageError) as caught, AdapterSlots([None], slots=1).reserve("a2"):
        pass
    assert '"a2"' in caught.value.hint
