"""Everything that the people's door may call: one value, made by wiring, reached by ``web.browser.flows``."""

from dataclasses import dataclass

from idp.accounts.password_hash import Hasher
from idp.flows.account.change import ChangeData, ChangePassword, SetConsents, SetQuestion
from idp.flows.account.change_contact import ChangeContact
from idp.flows.account.check_contacts import CheckContacts
from idp.flows.account.choose_login import ChooseLogin
from idp.flows.account.close import CloseAccount
from idp.flows.account.confirm import ConfirmEmail
from idp.flows.account.confirm_contact import ConfirmContact, ContactCodes
from idp.flows.account.export import Export
from idp.flows.account.portals import Portals
from idp.flows.account.recover import RecoverPassword
from idp.flows.account.register import Register, SendConfirmation
from idp.flows.account.remind import RecoverLogin
from idp.flows.account.require_password import RequirePassword
from idp.flows.account.sessions import Devices
from idp.flows.admin.first import FirstAdmin
from idp.flows.authorize.authorize import Authorize
from idp.flows.authorize.take_up import TakeUp
from idp.flows.authorize.transactions import Transactions
from idp.flows.consent import Agree
from idp.flows.end_session import ReadLogoutRequest
from idp.flows.login.finish import FinishLogin
from idp.flows.login.password import PasswordLogin
from idp.flows.logout import EndSessions
from idp.flows.verification.tell_of_fall import TellOfFall
from idp.flows.verification.tell_ready import TellReady
from idp.flows.verifications import Verifications
from idp.kernel.clock import Clock
from idp.kernel.settings import Settings
from idp.store.accounts import Accounts
from idp.store.clients import Clients
from idp.store.consents import Consents
from idp.store.evidence import EvidenceStore
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings


@dataclass(frozen=True, slots=True)
class People:
    settings: Settings
    now: Clock
    verifications: Verifications
    accounts: Accounts
    evidence: EvidenceStore
    hasher: Hasher
    sessions: Sessions
    registrations: Registrations
    notices: Notices
    outbox: Outbox
    sharings: Sharings
    clients: Clients
    transactions: Transactions
    authorize: Authorize
    take_up: TakeUp
    tell_ready: TellReady
    tell_of_fall: TellOfFall
    agree: Agree
    read_logout_request: ReadLogoutRequest
    end_sessions: EndSessions
    password_login: PasswordLogin
    finish_login: FinishLogin
    register: Register
    send_confirmation: SendConfirmation
    confirm_email: ConfirmEmail
    contact_codes: ContactCodes
    confirm_contact: ConfirmContact
    check_contacts: CheckContacts
    choose_login: ChooseLogin
    recover_login: RecoverLogin
    recover_password: RecoverPassword
    consents: Consents
    require_password: RequirePassword
    change_data: ChangeData
    change_password: ChangePassword
    set_question: SetQuestion
    set_consents: SetConsents
    change_contact: ChangeContact
    devices: Devices
    portals: Portals
    export: Export
    close_account: CloseAccount
    first_admin: FirstAdmin
