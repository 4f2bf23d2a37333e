"""Tests mirror ``idp/``: one file a module, names that state the rule."""
