"""Text messages by the HTTP interface of MTS Exolve: one POST a message, answered with its number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from idp.notifications.message import Message, Undelivered

#: Posts JSON with these headers; returns status and decoded answer; raises ``OSError`` if the line is dead.
PostJson = Callable[[str, Mapping[str, Any], Mapping[str, str]], tuple[int, Any]]


@dataclass(frozen=True, slots=True)
class Exolve:
    """``sender`` is our registered number or alphanumeric name; ``to`` goes without the plus, as the gateway wants."""

    gateway_url: str
    api_key: str
    sender: str
    post: PostJson

    def __call__(self, message: Message) -> None:
        if not self.gateway_url:
            raise Undelivered("no gateway is set", permanent=True)
        body = {"number": self.sender, "destination": message.to.lstrip("+"), "text": message.text}
        try:
            status, answer = self.post(
                f"{self.gateway_url.rstrip('/')}/messaging/v1/SendSMS",
                body,
                {"Authorization": f"Bearer {self.api_key}"},
            )
        except OSError as error:
            raise Undelivered(type(error).__name__, line=True) from error
        if status == 200 and isinstance(answer, dict) and answer.get("message_id"):
            return
        raise Undelivered(f"gateway said {status}", nobody_there=status in (400, 404, 422))
