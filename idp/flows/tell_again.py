"""Tell portals of sign-outs that they couldn't be told of at once: from the outbox, until they listen."""

import logging
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta

from idp.flows.deliver import delay
from idp.flows.logout import CHANNEL, TellPortal
from idp.kernel import tracing
from idp.store.clients import Clients
from idp.store.outbox import Outbox, Parcel

logger = logging.getLogger(__name__)
_AT_ONCE = 8
#: Nobody else takes a batch while it may still be under way.
_LEASE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class TellAgain:
    """A lane of its own, several portals at a time: one that hangs delays neither letters nor the other portals."""

    outbox: Outbox
    clients: Clients
    tell: TellPortal
    attempts: int
    patience: float

    def __call__(self, most: int = 64) -> int:
        """Tell up to so many; return how many were tried."""
        parcels = self.outbox.due((CHANNEL,), most, _LEASE)
        if parcels:
            with ThreadPoolExecutor(min(_AT_ONCE, len(parcels)), thread_name_prefix="logout") as pool:
                list(pool.map(self._traced, parcels))
        return len(parcels)

    def now_of(self, account_id: str, cause: str, seconds: float) -> None:
        """Tell at once what one person caused, and wait so long for the answers; slower ones are noted when they
        come."""
        parcels = self.outbox.due_of(account_id, cause, _LEASE)
        if not parcels:
            return
        pool = ThreadPoolExecutor(min(_AT_ONCE, len(parcels)), thread_name_prefix="logout")
        try:
            wait([pool.submit(self._traced, parcel) for parcel in parcels], seconds)
        finally:
            pool.shutdown(wait=False)

    def _traced(self, parcel: Parcel) -> None:
        with tracing.span("tell portal", "consumer", idp_client=parcel.reference):
            self._tell(parcel)

    def _tell(self, parcel: Parcel) -> None:
        client = self.clients.get(parcel.reference)
        if client is None or client.disabled_at is not None or not client.backchannel_logout_uri:
            self.outbox.failed(parcel.id, "the client is gone")
            return
        try:
            self.tell(client, parcel.payload["account_id"], parcel.payload["sid"], self.patience)
        except OSError as error:
            if parcel.attempts < self.attempts:
                self.outbox.again(parcel.id, str(error), delay(parcel.attempts))
                return
            logger.warning("a portal was not told of a sign-out: %s, %s", client.client_id, error)
            self.outbox.failed(parcel.id, str(error))
            return
        self.outbox.done(parcel.id)
