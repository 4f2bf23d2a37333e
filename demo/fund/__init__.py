"""The twin of the city's integration gateway with the pension fund behind it: docs/gateway.openapi.json."""
