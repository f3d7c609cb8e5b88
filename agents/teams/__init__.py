"""Teams: their members and who speaks to whom, as data, and how a question goes through them."""

from collections.abc import Mapping

from ...errors import UsageError
from .default import DEFAULT
from .graph import build_flow, run_team
from .plain import PLAIN
from .spec import Edge, TeamSpec

TEAMS: Mapping[str, TeamSpec] = {team.name: team for team in (DEFAULT, PLAIN)}

__all__ = ["DEFAULT", "TEAMS", "Edge", "TeamSpec", "build_flow", "find_team", "run_team"]


def find_team(name: str) -> TeamSpec:
    """The team called `name`.

    Raises:
        UsageError: there is none.
    """
    if name not in TEAMS:
        raise UsageError(f"There is no team `{name}`.", hint=f"There is: {', '.join(TEAMS)}.")
    return TEAMS[name]
