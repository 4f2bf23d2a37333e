"""gunicorn in this process, with the jobs beside it: begun together, ended together, each started again if it dies."""

from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.util import import_app

from idp.cli.serving.beside import Beside
from idp.cli.serving.gunicorn_values import values
from idp.kernel.settings import Settings


def serve(settings: Settings, jobs: bool) -> None:
    """Run it until it is told to stop, with the jobs beside it if they are wanted."""
    Server(settings, Beside() if jobs else None).run()


class Server(BaseApplication):  # type: ignore[misc]
    """``beside`` is what runs as long as the server does."""

    def __init__(self, settings: Settings, beside: Beside | None) -> None:
        self.settings = settings
        self.beside = beside
        super().__init__()

    def load_config(self) -> None:
        for name, value in values(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Each worker imports and builds after the fork; the callable finds the settings as this command did."""
        return import_app("idp.wsgi:create()")

    def run(self) -> None:
        Parent(self, self.beside).run()


class Parent(Arbiter):  # type: ignore[misc]
    """gunicorn's parent of the workers, which looks after the jobs too."""

    def __init__(self, server: Server, beside: Beside | None) -> None:
        self.beside = beside
        super().__init__(server)

    def murder_workers(self) -> None:
        """Called once a second."""
        super().murder_workers()
        if self.beside is not None:
            self.beside.look_after()

    def stop(self, graceful: bool = True) -> None:
        """Tell the jobs to end while the workers do."""
        if self.beside is not None:
            self.beside.tell_to_end()
        super().stop(graceful)
        if self.beside is not None:
            self.beside.end()
