"""What becomes of a prefill where it is sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from lib.domain.configuration import Endpoint
from lib.domain.errors import InputError
from lib.providers.capabilities import profile_of
from lib.providers.known_models import family_of

_SAYS = {
    "continued": "continues the prefill",
    "echoed": "continues the prefill",
    "repeated": "continues the prefill",
    "answered": "answers the prefill as a turn of its own, and doesn't continue it",
    "refused": "refuses a prefill",
}
_UNKNOWN = "may continue the prefill, or answer it as a turn of its own: the answers show which"


def told(asked: Iterable[tuple[Endpoint, str]]) -> list[str]:
    """A sentence for each endpoint and model that is asked; of unlike models each is named."""
    return list(dict.fromkeys(_one(*each) for each in asked))


def _one(endpoint: Endpoint, model: str) -> str:
    try:
        family, profile = family_of(endpoint, model), profile_of(endpoint)
    except InputError:  # the validation tells
        return f"{endpoint.name} {_UNKNOWN}."
    if family is not None and family.prefill is not None:
        return f"{model} at {endpoint.name} {_SAYS[family.prefill]}."
    return f"{endpoint.name} {_SAYS.get(profile.prefill, _UNKNOWN)}."
