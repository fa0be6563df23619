"""Rows as Parquet, and back: pyarrow, which comes with Streamlit, does the work."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

from lib.domain.errors import InputError

AT_ONCE = 1_000
"""Rows of a group: what is in memory together."""
MOST_UNPACKED = 2**30
"""Bytes that a file may say it unpacks to."""
_CHUNK = 2**20


def write(
    rows: Iterable[dict[str, Any]],
    *,
    columns: Sequence[str],
    whole: Sequence[str],
    real: Sequence[str],
) -> Iterator[bytes]:
    """The file in pieces.

    Args:
        rows: each with all columns.
        columns: their names, in order; those that aren't numbers are texts.
        whole: columns of whole numbers.
        real: columns of other numbers.
    """
    import pyarrow as pa  # late: it takes a moment
    import pyarrow.parquet as pq

    kinds = {name: pa.int64() for name in whole} | {name: pa.float64() for name in real}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in columns])
    rest = iter(rows)
    with tempfile.TemporaryFile() as file:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            while some := list(islice(rest, AT_ONCE)):
                writer.write_table(pa.Table.from_pylist(some, schema=schema))
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk


def read(file: BinaryIO, *, name: str, columns: Sequence[str]) -> Iterator[list[Any]]:
    """The cells of these columns, row by row.

    Raises:
        InputError: if it isn't such a file, or would unpack to more than it may.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as opened:
            missing = [each for each in columns if each not in opened.schema_arrow.names]
            if missing:
                raise InputError(f"{name} has no column {missing[0]!r}: it is no exported run.")
            told = opened.metadata
            size = sum(told.row_group(i).total_byte_size for i in range(told.num_row_groups))
            if size > MOST_UNPACKED:
                raise InputError(
                    f"{name} unpacks to more than {MOST_UNPACKED // 2**20} MB.", "Don't trust it."
                )
            for batch in opened.iter_batches(batch_size=16, columns=list(columns)):
                for row in batch.to_pylist():
                    yield [row[each] for each in columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{name} is not Parquet, or is damaged.", "Export the run again.") from (
            error
        )
