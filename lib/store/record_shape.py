"""The shape of a run in a file, checked to the last value: nobody vouches for what is in it.

Nothing here is called or opened: addresses and names of variables in an imported experiment are
kept as text, and a path is only one below an endpoint.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    Strict,
    StringConstraints,
    model_validator,
)

from lib.domain.errors import ErrorCode
from lib.domain.experiment import MOST_REPEATS
from lib.domain.vocabulary import FinishReason, Outcome
from lib.store.bodies import MOST_BYTES
from lib.store.run_notes import MOST_TAG, MOST_TAGS
from lib.store.sample_notes import MOST_CHARACTERS

MOST_TEXT = 16 * 2**20
"""Characters of an answer: a reply has at most half as many bytes."""
_MOST_TRIES = 1_000
_INT64 = 2**63 - 1


def _storable(text: str) -> str:
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError("holds half a character (a lone surrogate)")
    return text


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("has no time zone")
    return text


def _number(value: Any) -> Any:
    """JSON has no infinity: it is written as a text."""
    return float(value) if value in ("inf", "-inf") else value


Text = Annotated[str, AfterValidator(_storable)]
Short = Annotated[Text, Field(max_length=200)]
Sentence = Annotated[Text, Field(max_length=10_000)]
Answer = Annotated[Text, Field(max_length=MOST_TEXT)]
Written = Annotated[Text, Field(max_length=MOST_CHARACTERS)]
Tag = Annotated[Text, Field(max_length=MOST_TAG)]
Moment = Annotated[str, StringConstraints(max_length=32), AfterValidator(_moment)]
Count = Annotated[int, Field(ge=0, le=_INT64)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Logprob = Annotated[float, BeforeValidator(_number)]
Path = Annotated[
    str, StringConstraints(pattern=r"^/[A-Za-z0-9_.~:%-][A-Za-z0-9_.~:%/-]{0,600}(\?alt=sse)?$")
]
"""Below an endpoint's address: never another one."""


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class Body(_Strict):
    """Bytes, as text where they are UTF-8, else in base64."""

    text: Text | None = None
    base64: str | None = None

    @property
    def raw(self) -> bytes:
        """The bytes."""
        if self.text is not None:
            return self.text.encode()
        return base64.b64decode(self.base64 or "", validate=True)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.text is None) == (self.base64 is None):
            raise ValueError("must have either text or base64")
        try:
            if len(self.raw) > MOST_BYTES:
                raise ValueError(f"has more than {MOST_BYTES // 2**20} MB")
        except binascii.Error as error:
            raise ValueError("is not base64") from error
        return self


class AddedField(_Strict):
    """A field that the lab added, and why."""

    field: Short
    value: JsonValue
    why: Sentence


class SentRequest(_Strict):
    """A request as sent."""

    path: Path
    body: Body
    user_set: dict[Short, JsonValue]
    added: list[AddedField]
    not_sent: list[Short]


class ReceivedReply(_Strict):
    """A reply as received."""

    kept_at: Moment
    status: Annotated[int, Field(ge=100, le=999)]
    headers: dict[Short, Sentence]
    body: Body
    seconds: Seconds
    first_text_s: Seconds | None
    redacted: bool


class Failed(_Strict):
    """Why an attempt brought no answer."""

    code: ErrorCode
    kind: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{1,40}$")]
    says: Sentence
    fix: Sentence
    maybe_billed: bool
    failed_at: Moment


class Try(_Strict):
    """One attempt, whole."""

    n: Annotated[int, Field(ge=1, le=_MOST_TRIES)]
    begun_at: Moment
    request: SentRequest
    reply: ReceivedReply | None
    error: Failed | None


class Read(_Strict):
    """What was read from the reply of an attempt."""

    attempt: int
    place: Annotated[int, Field(ge=1)]
    accepted_at: Moment
    outcome: Outcome
    finish_reason: FinishReason
    raw_finish_reason: Sentence | None
    input_tokens: Count | None
    output_tokens: Count | None
    cached_tokens: Count | None
    reasoning_tokens: Count | None
    model: Sentence | None
    response_id: Sentence | None
    fingerprint: Sentence | None
    seconds: Seconds
    reasoning: Answer | None
    text: Answer
    cache_write_tokens: Count | None
    first_text_s: Seconds | None
    service_tier: Sentence | None
    flags: list[Sentence]
    first_token: list[Annotated[tuple[Sentence, Sentence, Logprob], Strict(False)]] | None = Field(
        min_length=1
    )


class PlannedRecord(_Strict):
    """A planned sample, and what came of it."""

    sample: Annotated[str, StringConstraints(pattern=r"^[1-9]\d{0,5}\.[1-9]\d{0,5}$")]
    seed: Count | None
    ended: ErrorCode | None
    note: Written
    attempts: list[Try]
    read: Read | None

    @property
    def slot(self) -> tuple[int, int]:
        """Number of the configuration, and repeat."""
        number, _, repeat = self.sample.partition(".")
        return int(number), int(repeat)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if [each.n for each in self.attempts] != list(range(1, len(self.attempts) + 1)):
            raise ValueError("attempts must be numbered from 1, in order")
        if self.read is not None:
            self._answered(self.read)
        return self

    def _answered(self, read: Read) -> None:
        if not 1 <= read.attempt <= len(self.attempts):
            raise ValueError(f"was read from attempt {read.attempt}, which isn't there")
        tried = self.attempts[read.attempt - 1]
        if tried.reply is None or tried.error is not None:
            raise ValueError("was read from an attempt without a reply")


class Head(_Strict):
    """What was asked."""

    format: Literal[2]
    kind: Literal["sampling-lab-run"]
    run: Annotated[str, StringConstraints(pattern=r"^[0-7][0-9A-HJKMNP-TV-Z]{25}$")]
    experiment_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z]{1,64}$")]
    made_at: Moment
    made_by: Short
    ended_at: Moment | None
    stopped_by_user: bool
    extended_after_results: bool
    shuffle_seed: Count
    repeats: Annotated[int, Field(ge=1, le=MOST_REPEATS)]
    note: Written
    tags: Annotated[list[Tag], Field(max_length=MOST_TAGS)]
    experiment: dict[str, Any]
