"""Send what is due in the outbox: letters, texts, logout tokens. A dead line costs a delay, never the message."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.accounts.contacts import mask_email, mask_phone
from idp.flows.logout import TellPortal
from idp.notifications.message import Channel, Message, Sender, Undelivered
from idp.store.clients import Clients
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
    clients: Clients
    senders: Mapping[str, Sender]
    tell: TellPortal
    message_attempts: int
    logout_attempts: int

    def __call__(self, most: int = 50) -> int:
        """Send up to so many parcels; return how many were tried."""
        parcels = self.outbox.due(most, _LEASE)
        for parcel in parcels:
            deliver: Callable[[Parcel], None] = self._tell if parcel.channel == "logout" else self._send
            deliver(parcel)
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

    def _tell(self, parcel: Parcel) -> None:
        client = self.clients.get(parcel.payload["client_id"])
        if client is None or not client.backchannel_logout_uri:
            self.outbox.failed(parcel.id, "the client is gone")
            return
        try:
            self.tell(client, parcel.payload["account_id"], parcel.payload["sid"], seconds=10)
        except OSError as error:
            if parcel.attempts < self.logout_attempts:
                self.outbox.again(parcel.id, str(error), delay(parcel.attempts))
                return
            logger.warning("a portal was not told of a sign-out: %s, %s", client.client_id, error)
            self.outbox.failed(parcel.id, str(error))
            return
        self.outbox.done(parcel.id)
