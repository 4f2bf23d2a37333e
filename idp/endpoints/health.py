"""``GET /health/live`` and ``/health/ready``: whether this process runs, and whether it can do its work now."""

from dataclasses import dataclass

from idp.endpoints.reply import Reply
from idp.flows.ready import Ready
from idp.protocol.requests import Request

_LIVE = Reply.json({"status": "live"})


def live(request: Request) -> Reply:
    """Answer from what is made already: a process that can't say this should be started anew."""
    return _LIVE


@dataclass(frozen=True, slots=True)
class ReadyEndpoint:
    """503 while something that every sign-in needs doesn't answer: a balancer sends people elsewhere meanwhile."""

    ready: Ready

    def __call__(self, request: Request) -> Reply:
        parts = self.ready()
        good = all(word == "ok" for word in parts.values())
        return Reply.json({"status": "ready" if good else "not ready", "parts": parts}, 200 if good else 503)
