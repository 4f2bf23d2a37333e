"""What both doors stand on: opened once in each process, after the fork."""

from dataclasses import dataclass

from idp.kernel.clock import Clock
from idp.kernel.http import Outgoing, Partner
from idp.kernel.settings import Settings
from idp.keys.data_keys import DataKeys
from idp.keys.key_ring import KeyRing
from idp.protocol.subject import Subjects
from idp.store.clients import Clients
from idp.store.database import Database
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.short_lived import ShortLived


@dataclass(frozen=True, slots=True)
class Ground:
    settings: Settings
    now: Clock
    database: Database
    short_lived: ShortLived
    keys: KeyRing
    journal: Journal
    clients: Clients
    grants: Grants
    subjects: Subjects
    outgoing: Outgoing
    data_keys: DataKeys
    gateway: Partner
