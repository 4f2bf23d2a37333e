"""The grants of the token endpoint; each is a stranger to the others. Discovery tells of exactly these."""

from idp.flows.grants import authorization_code, client_credentials, refresh_token

GRANT_TYPES = (authorization_code.GRANT_TYPE, refresh_token.GRANT_TYPE, client_credentials.GRANT_TYPE)
