"""A message on its way out, and the port of those who carry it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Channel(StrEnum):
    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True)
class Message:
    """``to`` is an address or an E.164 number; ``subject`` is empty for SMS. Text is plain. ``id`` and ``at`` stay the
    same however often it is tried, so that whoever gets it twice can see that it is one."""

    channel: Channel
    to: str
    subject: str
    text: str
    id: str
    at: datetime


class Undelivered(Exception):
    """The carrier couldn't take the message now; ``permanent`` means that trying again won't help, ``nobody_there``
    that it is the address that isn't any good, ``line`` that no other message would get through either."""

    def __init__(self, reason: str, permanent: bool = False, nobody_there: bool = False, line: bool = False) -> None:
        super().__init__(reason)
        self.line = line
        self.permanent = permanent or nobody_there
        self.nobody_there = nobody_there


class Sender(Protocol):
    def __call__(self, message: Message) -> None:
        """Hand the message over; raise ``Undelivered`` if that failed."""
