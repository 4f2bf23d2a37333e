"""The portal and the server of ``docs/examples`` as they are printed there, each run by gunicorn with two workers."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.provider import Provider
from tests.relying_parties.arrange import register
from tests.servers import free_port, listening

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@contextmanager
def example_portal(provider: Provider, folder: Path) -> Iterator[str]:
    """Register the portal and run it; yield its address."""
    port, api_port = free_port(), free_port()
    address, api = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{api_port}"
    secret = register(
        provider,
        "example",
        address,
        backchannel_logout_uri=f"{address}/backchannel-logout",
        backchannel_logout_session_required=True,
        initiate_login_uri=f"{address}/sign-in",
        scope="openid profile",
        grant_types=["authorization_code", "refresh_token"],
        permitted_resources=[api],
    )
    key = provider.city.service("example-api", resource_uris=[api]).secret
    environment = {
        **os.environ,
        "ISSUER": provider.issuer,
        "CLIENT_ID": "example",
        "CLIENT_SECRET": secret,
        "PORTAL": address,
        "SECRET_KEY": "only-of-the-tests",
        "DATABASE": str(folder / "portal.db"),
        "API": api,
    }
    of_the_api = {**environment, "CLIENT_ID": "example-api", "CLIENT_SECRET": key}
    with (
        listening(_gunicorn(port, "portal:app"), port, folder / "log", cwd=EXAMPLES, env=environment),
        listening(_gunicorn(api_port, "api:app"), api_port, folder / "api.log", cwd=EXAMPLES, env=of_the_api),
    ):
        yield address


def _gunicorn(port: int, app: str) -> list[str]:
    return [sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", app]
