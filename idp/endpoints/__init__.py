"""The machines' door: callables from a frozen request to a frozen reply."""
