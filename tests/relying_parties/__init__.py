"""Real relying parties against the real provider: openid-client, mod_auth_openidc, Authlib, and our own example."""
