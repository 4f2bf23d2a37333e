"""How a client proves at the machines' door who it is: a secret in a header or body, a signed assertion, or nothing."""
