"""How agents are joined to a team."""
