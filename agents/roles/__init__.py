"""The agents of a team, one file a role: each takes typed messages and returns one."""
