"""The jobs' process beside a server: started, started again if it dies, ended with it."""

import logging
import os
import signal
import subprocess
import sys
import time

logger = logging.getLogger(__name__)
#: A process that dies at once is not started in a circle.
_PAUSE_SECONDS = 2.0
_GRACE_SECONDS = 3.0


class Beside:
    """``idp jobs``, with the settings that this process has. It ends by itself if this process is killed."""

    def __init__(self) -> None:
        self._ending = False
        self._start()

    def _start(self) -> None:
        self._started = time.monotonic()
        self.process = subprocess.Popen([sys.executable, "-m", "idp.cli", "jobs"], env=dict(os.environ))

    def look_after(self) -> None:
        """Start it again if it is gone; call from time to time."""
        if self._ending or self.process.poll() is None or time.monotonic() - self._started < _PAUSE_SECONDS:
            return
        logger.error("the jobs' process %d ended; another is started", self.process.pid)
        self._start()

    def tell_to_end(self) -> None:
        self._ending = True
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def end(self) -> None:
        """Return when it is gone, in a few seconds at the latest."""
        self.tell_to_end()
        try:
            self.process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
