"""Relying parties and resource servers: what is registered of them and what that allows."""
