"""The agents and the events they speak in."""
