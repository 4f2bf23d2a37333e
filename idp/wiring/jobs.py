"""Connects the jobs: the one list of what runs beside the server."""

from pathlib import Path

from idp.flows.clean_up import CleanUp
from idp.flows.deliver import Deliver
from idp.flows.keep_ledger import KeepLedger
from idp.jobs.run import Job
from idp.notifications.email import Smtp
from idp.notifications.sms import Exolve
from idp.store.contact_marks import ContactMarks
from idp.store.ledger import Ledger
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.repeats import Repeats
from idp.store.step_ups import StepUps
from idp.wiring import Flows, signatures
from idp.wiring.people import telling_again


def jobs(flows: Flows) -> list[Job]:
    """Return every job with its pause."""
    settings, now, database = flows.settings, flows.now, flows.database
    outbox = Outbox(database, now)
    deliver = Deliver(
        outbox,
        Notices(database, now),
        ContactMarks(database),
        flows.journal,
        {
            "email": Smtp(settings.mail.smtp_url, settings.mail.sender, settings.limits.smtp_seconds),
            "sms": Exolve(
                settings.sms.gateway_url, settings.sms.api_key, settings.sms.sender, flows.outgoing.post_json
            ),
        },
        settings.outgoing.message_attempts,
        now,
    )
    tell_again = telling_again(flows.ground, outbox)
    clean_up = CleanUp(
        Registrations(database), flows.short_lived, outbox, Repeats(database), StepUps(database), database, now
    )
    return [
        Job("deliver", deliver, 0.3),
        Job("tell portals", tell_again, 1),
        Job("keep the ledger", KeepLedger(outbox, Ledger(Path(settings.backup.ledger))), 1),
        Job("clean up", clean_up, 60),
        Job("follow up questions", flows.verifications.follow_up, settings.registries.follow_up_seconds),
        Job("seal anew", flows.verifications.reseal.all, 60),
        *signatures.jobs(flows.ground, flows.judging),
    ]
