"""Checking who somebody is: by registries and by signatures."""
