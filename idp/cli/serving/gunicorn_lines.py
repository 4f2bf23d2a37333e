"""gunicorn's own lines go where ours go: JSON, one id a request, no personal data."""

from typing import Any

from gunicorn.glogging import Logger


class JsonLines(Logger):  # type: ignore[misc]
    """Hands everything on to the root logger, which writes JSON lines; there is no second access log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for logger in (self.error_log, self.access_log):
            logger.handlers.clear()
        self.error_log.propagate = True
