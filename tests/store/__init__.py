"""Tests of idp.store."""
