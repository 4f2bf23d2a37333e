"""Tests of idp.accounts."""
