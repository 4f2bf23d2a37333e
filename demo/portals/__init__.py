"""Real relying parties: Authlib's client, their own sessions, their own look at every token."""
