"""Ways to sign in, each ending in ``finish``."""
