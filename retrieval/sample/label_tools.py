"""Prints the label of a tool.

Tool numbers begin with the letter of their shelf: G for garden, W for wood, M for metal, E for electric.
"""

SHELVES = {"G": "garden", "W": "wood", "M": "metal", "E": "electric"}


def label(number: str, deposit: int) -> str:
    """The text on a tool's label: its number, shelf and deposit in soles."""
    return f"{number} ({SHELVES[number[0]]} shelf), deposit {deposit} soles"
