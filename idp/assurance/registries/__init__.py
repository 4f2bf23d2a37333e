"""Registries: what can be asked about a person, by one port; each adapter asks and never decides."""
