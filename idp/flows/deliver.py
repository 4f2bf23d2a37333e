"""Send the letters and texts that are due in the outbox. A dead line costs a delay, never the message."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

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
_LEASE = timedelta(seconds=60)


def delay(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 2, 4, 8 … seconds, an hour at most."""
    return timedelta(seconds=min(3600, 2.0 ** min(attempts, 12)))


@dataclass(frozen=True, slots=True)
class Deliver:
    outbox: Outbox
    notices: Notices
    marks: ContactMarks
    journal: Journal
    senders: Mapping[str, Sender]
    message_attempts: int
    now: Clock

    def __call__(self, most: int = 50) -> int:
        """Send up to so many parcels; return how many were tried."""
        parcels = self.outbox.due(self.senders, most, _LEASE)
        for parcel in parcels:
            with tracing.span(f"send {parcel.channel}", "consumer"):
                self._send(parcel)
        return len(parcels)

    def _send(self, parcel: Parcel) -> None:
        message = Message(Channel(parcel.channel), **parcel.payload)
        try:
            self.senders[parcel.channel](message)
        except Undelivered as failed:
            if not failed.permanent and parcel.attempts < self.message_attempts:
                self.outbox.again(parcel.id, str(failed), delay(parcel.attempts))
                return
            logger.warning("a message by %s was given up: %s", parcel.channel, failed)
            self.outbox.failed(parcel.id, str(failed))
            if parcel.account_id:
                self._tell(parcel.account_id, message, failed.nobody_there)
            return
        self.outbox.done(parcel.id)
        if parcel.account_id:
            self.marks.delivered(parcel.account_id, message.to)

    def _tell(self, account_id: str, message: Message, nobody_there: bool) -> None:
        """Tell the person where they will see it; a contact at which nobody is there is flagged (D-07)."""
        hide = mask_email if message.channel is Channel.EMAIL else mask_phone
        self.notices.add(account_id, "undelivered", {"contact": hide(message.to)})
        if nobody_there and self.marks.undeliverable(account_id, message.to, self.now()):
            self.journal.record(Event("contact.undeliverable", account_id, details={"channel": message.channel.value}))
