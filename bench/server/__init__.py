"""What a request costs beside a bare WSGI function: both servers, both pairs of stores, alone and with four clients."""

from bench.server.run import main

__all__ = ["main"]
