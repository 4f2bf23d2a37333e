"""Tests of idp.web."""
