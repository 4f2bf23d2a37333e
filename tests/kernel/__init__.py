"""Tests of idp.kernel."""
