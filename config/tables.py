"""The base of every settings table."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

_LARGEST = 2**31 - 1  # what every library that gets to see a count takes
_LARGEST_SIZE = 2**53  # of what is counted in bytes


class Table(BaseModel):
    """Read once and handed down: no key that is not declared, no change afterwards."""

    # an error says where a value stands, and not the value: a secret may have got there
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, hide_input_in_errors=True, defer_build=True)

    @field_validator("*")
    @classmethod
    def _no_number_without_bounds(cls, value: Any, info: ValidationInfo) -> Any:
        largest = _LARGEST_SIZE if (info.field_name or "").endswith("_bytes") else _LARGEST
        if isinstance(value, int | float) and abs(value) > largest:
            raise ValueError(f"at most {largest:,} is taken")
        return value
