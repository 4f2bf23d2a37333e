"""Tests of idp.endpoints."""
