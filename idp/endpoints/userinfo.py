"""``GET`` and ``POST /userinfo``: the access token in the header, or in the body of a form (RFC 6750 2)."""

from dataclasses import dataclass

from idp.endpoints.reply import NO_STORE, Reply
from idp.flows.userinfo import UserInfo
from idp.protocol.errors import InvalidBearerRequest, MissingToken
from idp.protocol.requests import Request


@dataclass(frozen=True, slots=True)
class UserInfoEndpoint:
    userinfo: UserInfo

    def __call__(self, request: Request) -> Reply:
        answer = self.userinfo(bearer_token(request))
        if isinstance(answer, str):
            return Reply(200, (("Content-Type", "application/jwt"), *NO_STORE), answer.encode())
        return Reply.json(answer)


def bearer_token(request: Request) -> str:
    """Return the one access token; never from the address, where logs would keep it (RFC 9700 4.3.2)."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    in_header = credentials.strip() if scheme.lower() == "bearer" else ""
    in_body = request.form.one("access_token")
    if in_header and in_body:
        raise InvalidBearerRequest("the access token is sent in more than one way")
    token = in_header or in_body
    if not token:
        raise MissingToken
    return token
