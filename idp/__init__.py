"""The city's identity provider: OpenID Connect with access levels in ``acr``."""

__version__ = "0.1.0"
