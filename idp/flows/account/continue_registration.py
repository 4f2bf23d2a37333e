"""Somebody comes back to an unfinished registration and proves its password: this browser takes it over."""

from dataclasses import dataclass

from idp.accounts.registration import Registration
from idp.kernel.ids import digest, new_secret
from idp.store.registrations import Registrations


@dataclass(frozen=True, slots=True)
class ContinueRegistration:
    registrations: Registrations

    def __call__(self, registration: Registration, transaction_id: str) -> str:
        """Return the secret for this browser's cookie; the earlier browser's is void."""
        secret = new_secret()
        self.registrations.new_secret(registration.id, digest(secret), transaction_id or registration.transaction_id)
        return secret
