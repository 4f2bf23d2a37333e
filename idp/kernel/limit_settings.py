"""Limits on guessing and flooding, and on how long things may take; each is explained in ``config/default.toml``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Counts are per window, but for those of a day; times are in seconds."""

    window_seconds: int = 900
    sign_in_tries: int = 10
    sign_in_tries_per_address: int = 100
    sign_up_per_address: int = 30
    code_tries: int = 5
    code_sends: int = 5
    recovery_per_address: int = 30
    login_choices: int = 20
    admin_requests: int = 3000
    admin_refusals_per_address: int = 100
    contact_changes: int = 10
    wrong_codes_a_day: int = 50
    snils_questions_a_day: int = 10
    bad_answers_per_address: int = 30
    reports_a_day: int = 5
    machine_body_bytes: int = 65_536
    form_parameters: int = 200
    sign_up_letters_a_day: int = 20
    sign_up_letters_per_address: int = 60
    wrong_codes_per_address: int = 100
    recovery_seconds: int = 1800
    request_seconds: int = 3600
    turns: int = 6
    turns_seconds: int = 10
    smtp_seconds: float = 10.0
    logout_patience_seconds: float = 2.5
    logout_retry_seconds: float = 5.0
