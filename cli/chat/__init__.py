"""`ayllu chat`: the terminal program on a terminal, a chat line by line elsewhere, and the offers of a first run.

The launcher is imported without Typer, which would stand before the first frame.
"""
