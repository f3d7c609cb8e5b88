"""`python -m ayllu`: the same door as the `ayllu` script."""

from ayllu.cli import main

main()
