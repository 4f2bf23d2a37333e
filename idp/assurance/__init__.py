"""How surely somebody is who they say: evidence, levels, and which ``acr`` a session can give."""
