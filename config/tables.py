"""The base of every settings table."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """Read once and handed down: no key that is not declared, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)
