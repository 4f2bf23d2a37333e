"""Connects what stands behind the people's door."""

from idp.accounts.password_hash import Hasher
from idp.flows.account.change import ChangeData, ChangePassword, SetConsents, SetQuestion
from idp.flows.account.change_contact import ChangeContact
from idp.flows.account.check_contacts import CheckContacts
from idp.flows.account.choose_login import ChooseLogin
from idp.flows.account.close import CloseAccount
from idp.flows.account.confirm import ConfirmEmail
from idp.flows.account.confirm_contact import ConfirmContact, ContactCodes
from idp.flows.account.export import Export
from idp.flows.account.notify import Notify
from idp.flows.account.portals import Portals
from idp.flows.account.post import Post
from idp.flows.account.recover import RecoverPassword
from idp.flows.account.register import Register, SendConfirmation
from idp.flows.account.remind import RecoverLogin
from idp.flows.account.require_password import RequirePassword
from idp.flows.account.sessions import Devices
from idp.flows.authorize.authorize import Authorize
from idp.flows.authorize.context import Uses
from idp.flows.authorize.take_up import TakeUp
from idp.flows.authorize.transactions import Transactions
from idp.flows.consent import Agree
from idp.flows.end_session import ReadLogoutRequest
from idp.flows.limits import Throttle
from idp.flows.login.finish import FinishLogin
from idp.flows.login.password import PasswordLogin
from idp.flows.login.who import FindByName
from idp.flows.logout import EndSessions, TellPortal
from idp.flows.people import People
from idp.flows.tell_again import TellAgain
from idp.flows.verification.change_level import ChangeLevel
from idp.flows.verification.tell_of_fall import TellOfFall
from idp.flows.verification.tell_ready import TellReady
from idp.store.accounts import Accounts
from idp.store.consents import Consents
from idp.store.contact_marks import ContactMarks
from idp.store.credentials import Credentials
from idp.store.evidence import EvidenceStore
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings
from idp.store.step_ups import StepUps
from idp.wiring import verification
from idp.wiring.administration import first_admin
from idp.wiring.backup import erase
from idp.wiring.ground import Ground
from idp.wiring.offered import ways


def tell_portal(ground: Ground) -> TellPortal:
    """Connect what sends logout tokens."""
    return TellPortal(
        ground.outgoing.post_form,
        ground.keys.signer,
        ground.subjects,
        ground.settings.issuer,
        ground.settings.keys.id_token_alg,
        ground.now,
    )


def telling_again(ground: Ground, outbox: Outbox) -> TellAgain:
    """Connect what tells portals later; the jobs use it too."""
    settings = ground.settings
    patience = settings.limits.logout_retry_seconds
    return TellAgain(outbox, ground.clients, tell_portal(ground), settings.outgoing.logout_attempts, patience)


def connect(ground: Ground) -> People:
    settings, now, database, journal = ground.settings, ground.now, ground.database, ground.journal
    accounts, sessions, registrations = Accounts(database), Sessions(database), Registrations(database)
    notices, outbox, sharings = Notices(database, now), Outbox(database, now), Sharings(database)
    consents, evidence = Consents(database), EvidenceStore(database)
    step_ups = StepUps(database)
    transactions = Transactions(ground.short_lived, step_ups, settings.step_up, settings.limits.request_seconds, now)
    throttle = Throttle(ground.short_lived, settings.limits, ground.keys.secret("limits"))
    hasher, code_key = Hasher(settings.passwords, settings.server.threads // 2), ground.keys.secret("codes")
    post = Post(outbox, settings.issuer)
    credentials = Credentials(database)
    require = RequirePassword(hasher, throttle, credentials)
    notify = Notify(accounts, notices, post)
    end_sessions = EndSessions(
        sessions,
        ground.grants,
        ground.clients,
        outbox,
        journal,
        database,
        tell_portal(ground),
        settings.limits.logout_patience_seconds,
        now,
    )
    tell_again = telling_again(ground, outbox)
    tell_of_fall = TellOfFall(ground.grants, ground.clients, outbox, end_sessions, tell_again, journal, now)
    change_level = ChangeLevel(evidence, journal, notify, tell_of_fall.note, now)
    finish_login = FinishLogin(sessions, credentials, journal, database, settings.sessions, now, end_sessions.unheard)
    send_confirmation = SendConfirmation(accounts, registrations, post, throttle, settings, code_key, now)
    contact_codes = ContactCodes(accounts, ground.short_lived, post, throttle, settings, code_key, now)
    take_up = TakeUp(step_ups, transactions, ground.clients, evidence, journal, database, settings, now)
    tell_ready = TellReady(take_up, step_ups, accounts, notify, settings.issuer, now)
    verifications = verification.connect(ground, change_level, tell_ready)
    personal_data, questions = verifications.personal_data, verifications.questions
    uses = Uses(
        ground.clients,
        transactions,
        evidence,
        sharings,
        sessions,
        ground.grants,
        journal,
        ground.short_lived,
        database,
        ground.keys,
        ground.subjects,
        settings,
        ways(settings),
        now,
    )
    return People(
        settings=settings,
        now=now,
        verifications=verifications,
        accounts=accounts,
        evidence=evidence,
        hasher=hasher,
        sessions=sessions,
        registrations=registrations,
        notices=notices,
        outbox=outbox,
        sharings=sharings,
        clients=ground.clients,
        transactions=transactions,
        authorize=Authorize(uses),
        take_up=take_up,
        tell_of_fall=tell_of_fall,
        tell_ready=tell_ready,
        agree=Agree(sharings, transactions, journal, notify, database, now),
        read_logout_request=ReadLogoutRequest(ground.clients, ground.keys, settings.issuer),
        end_sessions=end_sessions,
        password_login=PasswordLogin(
            FindByName(accounts, personal_data), credentials, hasher, throttle, journal, finish_login, now
        ),
        finish_login=finish_login,
        register=Register(
            registrations, send_confirmation, hasher, throttle, settings, ground.keys.secret("registration"), now
        ),
        send_confirmation=send_confirmation,
        confirm_email=ConfirmEmail(
            accounts, registrations, evidence, consents, journal, notify, database, settings, throttle, code_key, now
        ),
        contact_codes=contact_codes,
        confirm_contact=ConfirmContact(contact_codes, accounts, evidence, journal, notify, database, now),
        check_contacts=CheckContacts(
            accounts, ContactMarks(database), journal, database, settings.confirmation.ask_again_days, now
        ),
        choose_login=ChooseLogin(accounts, throttle, journal, notify, database, now),
        recover_login=RecoverLogin(accounts, post, throttle, journal),
        recover_password=RecoverPassword(
            accounts,
            credentials,
            ground.short_lived,
            post,
            throttle,
            hasher,
            journal,
            notify,
            end_sessions,
            database,
            settings,
            code_key,
            now,
        ),
        consents=consents,
        require_password=require,
        change_data=ChangeData(accounts, evidence, personal_data, questions, change_level, journal, database, now),
        change_password=ChangePassword(
            credentials, require, hasher, settings.passwords, journal, notify, end_sessions, database, now
        ),
        set_question=SetQuestion(credentials, require, hasher, journal, notify, database),
        set_consents=SetConsents(accounts, consents, journal, database, settings.registration.agreement_version, now),
        change_contact=ChangeContact(accounts, contact_codes, require, throttle, journal, notify, database, now),
        devices=Devices(sessions, ground.grants, ground.clients, journal, now),
        portals=Portals(
            accounts, ground.clients, ground.grants, sharings, journal, notify, end_sessions, database, now
        ),
        export=Export(
            accounts,
            evidence,
            personal_data,
            questions,
            consents,
            sharings,
            step_ups,
            sessions,
            ground.grants,
            notices,
            outbox,
            registrations,
            journal,
            notify,
            database,
            now,
        ),
        close_account=CloseAccount(
            accounts,
            evidence,
            outbox,
            journal,
            erase(database, ground.data_keys, now),
            require,
            end_sessions,
            post,
            database,
            now,
        ),
        first_admin=first_admin(ground),
    )
