"""Connects the jobs: the one list of what runs beside the server."""

from datetime import timedelta
from pathlib import Path

from idp.flows.clean_up import CleanUp
from idp.flows.deliver import Deliver
from idp.flows.keep_ledger import KeepLedger
from idp.flows.watch_clock import WatchClock
from idp.jobs.run import Job
from idp.notifications.email import Smtp
from idp.notifications.message import Sender
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

#: A letter's way: look up, connect, greet twice around TLS, sign in by three, sender, addressee, the letter, goodbye.
_SMTP_STEPS = 12


def jobs(flows: Flows) -> list[Job]:
    """Return every job with its pause."""
    settings, now, database = flows.settings, flows.now, flows.database
    outbox = Outbox(database, now)
    mail = Smtp(settings.mail.smtp_url, settings.mail.sender, settings.limits.smtp_seconds)
    sms = Exolve(settings.sms.gateway_url, settings.sms.api_key, settings.sms.sender, flows.outgoing.post_json)

    def lane(channel: str, sender: Sender, longest: float) -> Deliver:
        return Deliver(
            outbox,
            Notices(database, now),
            ContactMarks(database),
            flows.journal,
            {channel: sender},
            settings.outgoing.message_attempts,
            timedelta(seconds=max(60.0, 2 * longest)),
            now,
        )

    tell_again = telling_again(flows.ground, outbox)
    clean_up = CleanUp(
        Registrations(database), flows.short_lived, outbox, Repeats(database), StepUps(database), database, now
    )
    return [
        Job("send letters", lane("email", mail, _SMTP_STEPS * settings.limits.smtp_seconds), 0.3),
        Job("send texts", lane("sms", sms, settings.outgoing.timeout_seconds), 0.3),
        Job("tell portals", tell_again, 1),
        Job("keep the ledger", KeepLedger(outbox, Ledger(Path(settings.backup.ledger))), 1),
        Job("clean up", clean_up, 60),
        Job("watch the clock", WatchClock(flows.journal, now), 2),
        Job("follow up questions", flows.verifications.follow_up, settings.registries.follow_up_seconds),
        Job("seal anew", flows.verifications.reseal.all, 60),
        *signatures.jobs(flows.ground, flows.judging),
    ]
