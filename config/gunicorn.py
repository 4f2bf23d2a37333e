"""gunicorn run by itself: `gunicorn -c config/gunicorn.py`, with `IDP_CONFIG`; `idp jobs` runs apart then.

`idp serve` needs no such file: it runs gunicorn with the same settings, and the jobs beside it.
"""

import os
from contextlib import ExitStack
from pathlib import Path

from idp.cli.serving.gunicorn_values import values
from idp.cli.serving.prepared import prepared
from idp.kernel.settings import load

_settings = load(Path(os.environ["IDP_CONFIG"]) if os.environ.get("IDP_CONFIG") else None, os.environ)
_held = ExitStack()
globals().update(values(_settings))
wsgi_app = "idp.wsgi:create()"


def on_starting(_arbiter):
    """Make what the workers share, and refuse what `idp serve` refuses."""
    _held.enter_context(prepared(_settings))


def on_exit(_arbiter):
    _held.close()
