"""A person's account: names, contacts, password, sessions, consents."""
