"""Use cases, one a file: they read, decide, then write together."""
