"""Qualified signatures: from the bytes that somebody sent to a verified holder, or a refusal with its reason.

The doors of the package are ``login`` (a signed challenge, a certificate shown in TLS), ``revocation`` and
``trust_list`` (what the job takes in). Nothing here knows a clock, a network or a store.
"""
