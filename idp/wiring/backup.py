"""Connects backups: what goes in, where it comes back to, and what erases an account."""

import os
from collections.abc import Mapping
from pathlib import Path

import idp
from idp.flows.account.erase import Erase
from idp.flows.backup.content import File
from idp.flows.backup.make import MakeBackup
from idp.flows.backup.replay import Replay
from idp.flows.backup.restore import RestoreBackup
from idp.kernel.clock import Clock
from idp.kernel.settings import PREFIX, Settings
from idp.keys.data_keys import DataKeys
from idp.keys.folder import Folder
from idp.store.accounts import Accounts
from idp.store.admin_tokens import AdminTokens
from idp.store.clients import Clients
from idp.store.consents import Consents
from idp.store.credentials import Credentials
from idp.store.database import Database
from idp.store.evidence import EvidenceStore
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.personal_data import PersonalData
from idp.store.questions import Questions
from idp.store.registrations import Registrations
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings
from idp.store.step_ups import StepUps


def erase(database: Database, keys: DataKeys, now: Clock) -> Erase:
    """Connect the one list of what a closed account loses."""
    return Erase(
        Sessions(database),
        Grants(database),
        EvidenceStore(database),
        PersonalData(database, keys),
        Questions(database, keys),
        Consents(database),
        Sharings(database),
        StepUps(database),
        Notices(database, now),
        Outbox(database, now),
        Registrations(database),
        Journal(database, now),
    )


def make_backup(settings: Settings, database: Database, now: Clock) -> MakeBackup:
    configuration = tuple(_configuration(settings, os.environ))
    return MakeBackup(database, Path(settings.keys.folder), configuration, settings.issuer, idp.__version__, now)


def restore_backup(settings: Settings, database: Database, now: Clock) -> RestoreBackup:
    folder = Folder(Path(settings.keys.folder))
    replay = Replay(
        Accounts(database),
        Credentials(database),
        AdminTokens(database),
        Clients(database, now, 0.0),
        Grants(database),
        Sharings(database),
        erase(database, DataKeys(folder, now), now),
        Journal(database, now),
    )
    return RestoreBackup(database, folder, replay, now)


def _configuration(settings: Settings, environment: Mapping[str, str]) -> list[File]:
    """Return the operator's file, the settings in the environment, and the files that they name."""
    found = []
    path = environment.get("IDP_CONFIG")
    if path:
        found.append(File("configuration", "idp.toml", Path(path).read_bytes()))
    given = sorted(f"{name}={value}\n" for name, value in environment.items() if name.startswith(PREFIX))
    found.append(File("configuration", "environment", "".join(given).encode()))
    chosen, gateway = settings.signatures, settings.registries
    of_signatures = (*chosen.anchors, *chosen.anchors_any_family, *chosen.intermediates, chosen.accredited)
    of_gateway = (gateway.gateway_ca, gateway.client_certificate, gateway.client_key, gateway.callback_keys)
    for name in dict.fromkeys((*of_signatures, *of_gateway)):
        if name:
            found.append(File("named", name, Path(name).read_bytes()))
    return found
