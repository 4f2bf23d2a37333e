"""Write what no restore may undo into the ledger, which lies outside the database."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from idp.flows.deliver import delay
from idp.store.ledger import Ledger
from idp.store.outbox import LEDGER, Outbox

logger = logging.getLogger(__name__)
_LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class KeepLedger:
    """Without a ledger to write to nothing is lost: the lines wait in the outbox, and the log says so."""

    outbox: Outbox
    ledger: Ledger

    def __call__(self, most: int = 200) -> int:
        parcels = self.outbox.due([LEDGER], most, _LEASE)
        if not parcels:
            return 0
        try:
            self.ledger.add(parcel.payload for parcel in parcels)
        except OSError as error:
            logger.error("the ledger can not be written: %s", error)
            for parcel in parcels:
                self.outbox.again(parcel.id, str(error), delay(parcel.attempts))
            return 0
        for parcel in parcels:
            self.outbox.done(parcel.id)
        return len(parcels)
