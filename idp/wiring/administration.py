"""Connects what administrators do: clients, their own tokens, and who may call the API."""

from dataclasses import replace

from idp.flows.admin.callers import AdmitCaller
from idp.flows.admin.first import FirstAdmin
from idp.flows.admin.once import Once
from idp.flows.admin.registry import Registry
from idp.flows.admin.sector import ReadSector
from idp.flows.admin.tokens import AddAdminToken, RevokeAdminToken
from idp.flows.administration import Administration
from idp.flows.limits import Throttle
from idp.flows.login.who import FindByName
from idp.protocol import scopes
from idp.protocol.access_token import AccessTokens
from idp.store.accounts import Accounts
from idp.store.admin_tokens import AdminTokens
from idp.store.floor import Floor
from idp.store.marks import Marks
from idp.store.personal_data import PersonalData
from idp.store.repeats import Repeats
from idp.wiring.ground import Ground
from idp.wiring.offered import offered


def connect(ground: Ground) -> Administration:
    settings, now, database, journal = ground.settings, ground.now, ground.database, ground.journal
    tokens = AdminTokens(database)
    return Administration(
        registry=registry(ground),
        tokens=tokens,
        add_token=_add_token(ground),
        revoke_token=RevokeAdminToken(tokens, journal, database, now),
        admit=AdmitCaller(
            tokens,
            AccessTokens(settings.issuer, ground.keys.verify, Floor(database).moment),
            ground.clients,
            ground.short_lived,
            Throttle(ground.short_lived, settings.limits, ground.keys.secret("limits")),
            settings.issuer,
            now,
        ),
        once=Once(Repeats(database), ground.keys.secret("repeats"), now),
    )


def first_admin(ground: Ground) -> FirstAdmin:
    """Connect what ``idp init`` and the page behind its link share."""
    database, journal = ground.database, ground.journal
    return FirstAdmin(Marks(database), _add_token(ground), journal, database, ground.settings.issuer, ground.now)


def _add_token(ground: Ground) -> AddAdminToken:
    database, journal = ground.database, ground.journal
    find = FindByName(Accounts(database), PersonalData(database, ground.data_keys))
    return AddAdminToken(AdminTokens(database), find, journal, database, ground.now)


def registry(ground: Ground) -> Registry:
    """Connect what registers and changes clients."""
    read_sector = ReadSector(ground.outgoing.get_json)
    # What may be registered here stays narrower elsewhere: only administrators permit the provider's own interfaces.
    ours = replace(offered(ground.settings), service_scopes=scopes.SERVICE)
    return Registry(ground.clients, ground.grants, ground.journal, ours, read_sector, ground.now)
