"""`code`: a stored request as a program that repeats it."""

from __future__ import annotations

import sys

from lib.cli.listing import opened
from lib.cli.showing import slot_named
from lib.cli.terminal import safe
from lib.domain.errors import InputError
from lib.engine.loading import load
from lib.providers.as_code import FORMS, as_code, forms


def code(reference: str, sample: str, form: str | None, store: str | None) -> None:
    """Write a program on stdout; without a form it is for the SDK of the sample's own vendor."""
    if form is not None and form not in FORMS:
        raise InputError(f"{form} is not a form of code.", f"Use one of {', '.join(FORMS)}.")
    with opened(store) as there:
        slot = slot_named(load(there, reference).snapshot(), sample)
        attempts = there.attempts(slot.id)
    if not attempts:
        raise InputError(f"Sample {slot.name} has not been asked for yet.", "Choose another one.")
    endpoint = slot.configuration.endpoint
    chosen = form if form is not None else forms(endpoint)[0]
    program = as_code(attempts[-1].request, endpoint, chosen)
    sys.stdout.write(safe(program) if sys.stdout.isatty() else program)
