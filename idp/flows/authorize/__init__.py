"""The authorization endpoint, step by step: see ``authorize.STEPS``."""
