"""Everything that administrators may call, from the command line and by the API: one value, made by wiring."""

from dataclasses import dataclass

from idp.flows.admin.callers import AdmitCaller
from idp.flows.admin.once import Once
from idp.flows.admin.registry import Registry
from idp.flows.admin.tokens import AddAdminToken, RevokeAdminToken
from idp.store.admin_tokens import AdminTokens


@dataclass(frozen=True, slots=True)
class Administration:
    registry: Registry
    tokens: AdminTokens
    add_token: AddAdminToken
    revoke_token: RevokeAdminToken
    admit: AdmitCaller
    once: Once
