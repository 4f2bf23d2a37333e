"""``POST /registries/answers``: the integration gateway tells an answer as a signed document (docs/registries.md)."""

from dataclasses import dataclass

from idp.accounts.throttle import TooMany
from idp.endpoints.reply import Reply
from idp.flows.verification.take_answer import TakeAnswer
from idp.kernel.refusal import Refused
from idp.protocol.requests import MalformedRequest, Request

JOSE = "application/jose"


@dataclass(frozen=True, slots=True)
class RegistryAnswersEndpoint:
    """204 for whatever is signed rightly, changed something or not; 401 for a wrong signature."""

    take: TakeAnswer

    def __call__(self, request: Request) -> Reply:
        if request.headers.get("content-type") != JOSE:
            raise MalformedRequest(f"the body must be {JOSE}")
        try:
            self.take(request.body.decode("ascii", "replace").strip(), request.address)
        except TooMany as refused:
            return Reply(429, (("Retry-After", str(refused.params["minutes"] * 60)),))
        except Refused:
            return Reply.empty(401)
        return Reply.empty(204)
