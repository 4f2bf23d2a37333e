"""Send the letters and texts that are due in the outbox. A dead line costs a delay, never the message."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.accounts.contacts import mask_email, mask_phone
from idp.notifications.message import Channel, Message, Sender, Undelivered
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
    senders: Mapping[str, Sender]
    message_attempts: int

    def __call__(self, most: int = 50) -> int:
        """Send up to so many parcels; return how many were tried."""
        parcels = self.outbox.due(self.senders, most, _LEASE)
        for parcel in parcels:
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
                hide = mask_email if message.channel is Channel.EMAIL else mask_phone
                self.notices.add(parcel.account_id, "undelivered", {"contact": hide(message.to)})
            return
        self.outbox.done(parcel.id)
