"""``create()`` makes one worker's WSGI callable: both doors over one set of flows."""

import os
from pathlib import Path

from idp import __version__
from idp.app import create_app
from idp.endpoints.entrance import Entrance
from idp.endpoints.peers import Peers, networks
from idp.endpoints.router import Router, Wsgi
from idp.endpoints.routes import routes
from idp.kernel import tracing
from idp.kernel.settings import Settings, load
from idp.wiring import build


def create(settings: Settings | None = None) -> Wsgi:
    """Build both doors; without settings they come from ``IDP_CONFIG`` and the environment, as workers find them."""
    if settings is None:
        named = os.environ.get("IDP_CONFIG")
        settings = load(Path(named) if named else None, os.environ)
    tracing.start(settings.tracing.endpoint, settings.tracing.share, __version__)
    flows = build(settings)
    limits = settings.limits
    doors = Router(routes(flows), create_app(flows).wsgi_app, limits.machine_body_bytes, limits.form_parameters)
    return Entrance(doors, Peers(networks(settings.server.trusted_proxies)))
