"""Backups: everything that a city is, in one sealed file, and back."""
