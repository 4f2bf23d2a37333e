"""Lets ``python -m idp.cli`` be the command ``idp``."""

from idp.cli import main

main()
