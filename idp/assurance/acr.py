"""Which ``acr`` is asked, which a session can give, and which is answered: the acr table of the requirements."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AcrRequest:
    """What a request asks of the level: values in order of preference; ``binding`` ones must be met or it fails."""

    values: tuple[str, ...] = ()
    binding: bool = False
