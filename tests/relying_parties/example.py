"""The portal of ``docs/examples`` as it is printed there, run by gunicorn with two workers."""

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
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    secret = register(
        provider,
        "example",
        address,
        backchannel_logout_uri=f"{address}/backchannel-logout",
        backchannel_logout_session_required=True,
        initiate_login_uri=f"{address}/sign-in",
        scope="openid profile",
    )
    environment = {
        **os.environ,
        "ISSUER": provider.issuer,
        "CLIENT_ID": "example",
        "CLIENT_SECRET": secret,
        "PORTAL": address,
        "SECRET_KEY": "only-of-the-tests",
        "DATABASE": str(folder / "portal.db"),
    }
    command = [sys.executable, "-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "portal:app"]
    with listening(command, port, folder / "log", cwd=EXAMPLES, env=environment):
        yield address
