"""Send the letters and texts that are due in the outbox: a lane a channel, so that a dead line holds up no other.

A message is taken just before it is sent, for longer than sending can last, so no second job sends it too. A dead line
costs a delay, not the message: it uses no tries up, the lane rests, longer each time, and whatever waits behind stays
untouched. What the other side refuses for now is tried again ever later, a number of times.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.accounts.contacts import mask_email, mask_phone
from idp.journal.events import Event
from idp.kernel import tracing
from idp.kernel.clock import Clock
from idp.notifications.message import Channel, Message, Sender, Undelivered
from idp.store.contact_marks import ContactMarks
from idp.store.journal import Journal
from idp.store.notices import Notices
from idp.store.outbox import Outbox, Parcel

logger = logging.getLogger(__name__)
_DAY = timedelta(days=1)
_LONGEST_REST = timedelta(seconds=60)


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 2, 4, 8 … seconds, an hour at most."""
    return timedelta(seconds=min(3600, 2.0 ** min(attempts, 12)))


@dataclass(slots=True)
class Rest:
    """How often in a row the line was dead, and until when it is left alone."""

    failures: int = 0
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Deliver:
    """``lease`` is longer than sending one message can last."""

    outbox: Outbox
    notices: Notices
    marks: ContactMarks
    journal: Journal
    senders: Mapping[str, Sender]
    message_attempts: int
    lease: timedelta
    now: Clock
    rest: Rest = field(default_factory=Rest)

    def __call__(self, most: int = 50) -> int:
        """Send up to so many parcels; return how many were tried. The first dead line ends it."""
        if self.rest.until is not None and self.now() < self.rest.until:
            return 0
        tried = 0
        for parcel in self.outbox.one_by_one(self.senders, most, self.lease):
            tried += 1
            with tracing.span(f"send {parcel.channel}", "consumer"):
                self._send(parcel)
            if self.rest.until is not None:
                break
        return tried

    def _send(self, parcel: Parcel) -> None:
        message = Message(Channel(parcel.channel), **parcel.payload, id=parcel.id, at=parcel.created_at)
        try:
            self.senders[parcel.channel](message)
        except Undelivered as failed:
            if failed.line and self.now() - parcel.created_at < _DAY:
                self._rest()
                self.outbox.again(parcel.id, str(failed), min(delay(parcel.attempts), _LONGEST_REST))
                return
            self._go_on()
            if not failed.permanent and parcel.attempts < self.message_attempts:
                self.outbox.again(parcel.id, str(failed), delay(parcel.attempts))
                return
            logger.warning("a message by %s was given up: %s", parcel.channel, failed)
            self.outbox.failed(parcel.id, str(failed))
            if parcel.account_id:
                self._tell(parcel.account_id, message, failed.nobody_there)
            return
        self._go_on()
        self.outbox.done(parcel.id)
        if parcel.account_id:
            self.marks.delivered(parcel.account_id, message.to)

    def _rest(self) -> None:
        self.rest.failures += 1
        self.rest.until = self.now() + min(delay(self.rest.failures), _LONGEST_REST)

    def _go_on(self) -> None:
        """Somebody answered: the line is alive."""
        self.rest.failures, self.rest.until = 0, None

    def _tell(self, account_id: str, message: Message, nobody_there: bool) -> None:
        """Tell the person where they will see it; a contact at which nobody is there is flagged (D-07)."""
        hide = mask_email if message.channel is Channel.EMAIL else mask_phone
        self.notices.add(account_id, "undelivered", {"contact": hide(message.to)})
        if nobody_there and self.marks.undeliverable(account_id, message.to, self.now()):
            self.journal.record(Event("contact.undeliverable", account_id, details={"channel": message.channel.value}))
