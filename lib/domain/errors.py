"""What can go wrong, grouped by how far it reaches.

* LabError           a sentence for the user, and what to do about it
  x InputError       the experiment is wrong: nothing was sent
  x StoreError       the store can't be read or written: no further call is made
  x CallError        one call gave no sample: a row and a count, never a traceback on a page
    + Transient      worth another try: rate limit, overload, timeout, lost connection
      - RateLimited  too many calls: everyone at this endpoint waits
    + Unreadable     a reply that isn't what its dialect promises; its bytes are kept
    + Refused        ends the configuration: asking again would only cost
    + KeyRefused     ends everything that uses the key

The sentences are written here in the lab, never taken from an endpoint, which may echo a key.
"""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal[
    "rate_limited",
    "overloaded",
    "server_error",
    "bad_key",
    "no_credit",
    "forbidden",
    "refused_setting",
    "context_too_long",
    "not_found",
    "timeout",
    "connection",
    "malformed",
    "too_large",
    "redirected",
    "other",
]
"""What a failed call is counted under: `errors` in JSON, and the same words on screen."""


class LabError(Exception):
    """Base of all that a user may read: what happened (`says`), and what to do (`fix`)."""

    def __init__(self, says: str, fix: str = "") -> None:
        super().__init__(says, fix)  # both, so that it can be pickled across processes
        self.says, self.fix = says, fix

    def __str__(self) -> str:
        return f"{self.says} {self.fix}".rstrip()


class InputError(LabError):
    """Something in the experiment is wrong. All problems of a value at once, one line each."""


class StoreError(LabError):
    """The store can't be opened, read or written. Nothing that was acknowledged is lost."""


class RunHeld(StoreError):
    """A living process carries this run out already."""

    def __init__(self, says: str, fix: str = "", pid: int | None = None) -> None:
        super().__init__(says, fix)
        self.pid = pid


class CallError(LabError):
    """A call without a sample."""

    def __init__(
        self,
        says: str,
        fix: str = "",
        *,
        code: ErrorCode = "other",
        maybe_billed: bool = False,
    ) -> None:
        super().__init__(says, fix)
        self.code: ErrorCode = code
        self.maybe_billed = maybe_billed
        """Whether the endpoint may have done the work, and charge for it, all the same."""

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.says, self.fix), self.__dict__


class Transient(CallError):
    """Worth another try, after `retry_after_s` seconds if the endpoint named a time."""

    retry_after_s: float = 0.0


class RateLimited(Transient):
    """Too many calls, or too many tokens, in this minute."""

    def __init__(self, says: str, fix: str = "", *, retry_after_s: float = 0.0) -> None:
        super().__init__(says, fix, code="rate_limited")
        self.retry_after_s = retry_after_s


class Unreadable(CallError):
    """A reply that isn't what its dialect promises."""

    def __init__(
        self,
        says: str,
        fix: str = "",
        *,
        code: ErrorCode = "malformed",
        maybe_billed: bool = True,
        wrong_place: bool = False,
    ) -> None:
        super().__init__(says, fix, code=code, maybe_billed=maybe_billed)
        self.wrong_place = wrong_place
        """Whether this looks like something else than an API: three in a row end the column."""


class Refused(CallError):
    """This request is refused, and will be again: its configuration ends here."""

    def __init__(
        self,
        says: str,
        fix: str = "",
        *,
        code: ErrorCode = "other",
        setting: str | None = None,
    ) -> None:
        super().__init__(says, fix, code=code)
        self.setting = setting
        """The endpoint's own name of the field that it refuses, if it named one."""


class KeyRefused(CallError):
    """The key, or the account behind it, is refused: everything that uses it ends here."""
