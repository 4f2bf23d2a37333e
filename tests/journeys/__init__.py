"""Journeys of people in a real browser through the whole demo city."""

import pytest

# Helpers assert too: let pytest show what was there instead.
pytest.register_assert_rewrite("tests.journeys.accessible", "tests.journeys.screen", "tests.journeys.watch")
