"""Signing keys and the secrets that derive others: made at start, rotated without a pause."""
