"""The tables: what is kept, in an order that a power cut can't confuse.

A run has planned samples; a planned sample has attempts; an attempt has at most one reply, and a
planned sample at most one sample. Rows are added and never taken away, except with a whole run;
notes and saved servers, which a person writes, may be changed at any time.
Nothing here is SQLite's own: those parts are in `lib.store.sqlite`.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

VERSION = 3
"""Of the tables below. A change raises it, and adds a step to `lib.store.upgrade`."""

metadata = MetaData()

# SQLite numbers rows by itself only where the type is exactly INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")

lab = Table("sampling_lab", metadata, Column("version", Integer, nullable=False))
"""One row. It also tells a store from another program's database."""

run = Table(
    "run",
    metadata,
    # Order is told by this number, never by a clock, which may be set back.
    Column("number", _Id, primary_key=True),
    Column("id", String(26), nullable=False, unique=True),
    Column("experiment_id", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("owner", Text),
    Column("shuffle_seed", BigInteger, nullable=False),
    Column("repeats", Integer, nullable=False),
    Column("stopped_by_user", Boolean, nullable=False, server_default=false()),
    Column("extended_after_results", Boolean, nullable=False, server_default=false()),
    Column("ended_at", String(32)),  # the runner came to its end; until then it is unfinished
    Column("app_version", Text, nullable=False),
    Column("imported_at", String(32)),  # since version 3; what came from a file is never extended
    Index("run_by_experiment", "experiment_id", "number"),
    sqlite_autoincrement=True,  # a number that was deleted never comes back
)

planned_sample = Table(
    "planned_sample",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("run", _Id, ForeignKey("run.number"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("ord", Integer, nullable=False),
    Column("seed", BigInteger),
    Column("ended", Text),  # the error code with which it used up its tries
    UniqueConstraint("run", "number", "repeat"),
    sqlite_autoincrement=True,
)

content = Table(
    "content",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
)
"""What many attempts share, kept once: request bodies, and the notes about them."""

attempt = Table(
    "attempt",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("planned_sample", _Id, ForeignKey("planned_sample.id"), nullable=False),
    Column("n", Integer, nullable=False),  # from 1
    Column("begun_at", String(32), nullable=False),
    Column("path", Text, nullable=False),
    Column("request", _Id, ForeignKey("content.id"), nullable=False),
    Column("notes", _Id, ForeignKey("content.id"), nullable=False),
    Column("failed_at", String(32)),
    Column("error_code", Text),
    Column("error_kind", Text),
    Column("says", Text),
    Column("fix", Text),
    Column("maybe_billed", Boolean),
    UniqueConstraint("planned_sample", "n"),
    # Without these, deleting what was shared reads all attempts for each.
    Index("attempt_by_request", "request"),
    Index("attempt_by_notes", "notes"),
    Index(  # since version 2; of the few that failed
        "attempt_by_error_code",
        "error_code",
        sqlite_where=text("error_code IS NOT NULL"),
        postgresql_where=text("error_code IS NOT NULL"),
    ),
)

reply = Table(
    "reply",
    metadata,
    Column("attempt", _Id, ForeignKey("attempt.id"), primary_key=True, autoincrement=False),
    Column("kept_at", String(32), nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("redacted", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("first_text_s", Float),  # since version 2
)

sample = Table(
    "sample",
    metadata,
    Column("id", _Id, primary_key=True),  # in the order accepted
    # At most one answer for each planned sample, whatever the code above does.
    Column("planned_sample", _Id, ForeignKey("planned_sample.id"), nullable=False, unique=True),
    Column("attempt", _Id, ForeignKey("attempt.id"), nullable=False, unique=True),
    Column("accepted_at", String(32), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("finish_reason", Text, nullable=False),
    Column("raw_finish_reason", Text),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("reasoning_tokens", BigInteger),
    Column("model", Text),
    Column("response_id", Text),
    Column("fingerprint", Text),
    Column("seconds", Float, nullable=False),
    Column("flags", Text, nullable=False),
    Column("first_token", Text),
    Column("reasoning", Text),
    Column("text", Text, nullable=False),
    Column("cache_write_tokens", BigInteger),  # since version 2
    Column("first_text_s", Float),  # since version 2
    Column("service_tier", Text),  # since version 2
)

note_on_sample = Table(
    "note_on_sample",
    metadata,
    Column(
        "planned_sample",
        _Id,
        ForeignKey("planned_sample.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("text", Text, nullable=False),
    Column("changed_at", String(32), nullable=False),
)
"""What a person wrote about a sample: this may change, like the next."""

note_on_run = Table(  # since version 3
    "note_on_run",
    metadata,
    Column("run", _Id, ForeignKey("run.number"), primary_key=True, autoincrement=False),
    Column("text", Text, nullable=False),
    Column("tags", Text, nullable=False),  # a JSON list of texts
    Column("changed_at", String(32), nullable=False),
)
"""What a person wrote about a run, and the tags to find it by."""

saved_server = Table(  # since version 2
    "saved_server",
    metadata,
    Column("name", Text, primary_key=True),
    Column("dialect", Text, nullable=False),
    Column("base_url", Text, nullable=False),
    Column("profile", Text),
    Column("api_key_env", Text),
    Column("saved_at", String(32), nullable=False),
)
"""Servers that are offered in every draft, as a person saved them: addresses, never keys."""

audit = Table(  # since version 2
    "audit",
    metadata,
    Column("number", _Id, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("base_url", Text),  # none: the embedded model
    Column("model", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("document", Text, nullable=False),
)
"""Reports of audits, as JSON. Their calls are runs, which may be deleted while the report stays."""
