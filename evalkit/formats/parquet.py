"""Annotations as Parquet: the rows of the long table with their types, some at a time."""

import io
from collections.abc import Iterator
from itertools import islice
from typing import Any

from evalkit.formats.csv_long import columns_of, long_rows
from evalkit.formats.material import ExportFormat, ExportOption, FileFormat, Source
from evalkit.formats.writing import counting

#: So many rows are a group of the file, and in memory at once.
_GROUP = 10_000

_NUMBERS = (
    "value",
    "probability",
    "cost_usd",
    "latency_ms",
    "seconds",
    "inclusion_probability",
)
_WHOLE = (
    "n_annotators",
    "start",
    "end",
    "step",
    "input_tokens",
    "output_tokens",
    "revision",
    "superseded",
    "omission",
    "simulated",
)


class _Drain(io.BytesIO):
    """What a writer wrote since it was last emptied; it goes on to count from the beginning."""

    _before = 0

    def tell(self) -> int:
        return self._before + super().tell()

    def empty(self) -> bytes:
        content = self.getvalue()
        self._before += len(content)
        self.seek(0)
        self.truncate()
        return content


def _write(source: Source) -> Iterator[bytes]:
    # Here, for it takes a moment, and nothing else needs it.
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[str, Any] = dict.fromkeys(_NUMBERS, pa.float64()) | dict.fromkeys(
        _WHOLE, pa.int64()
    )
    columns = (*columns_of(source), "check")
    schema = pa.schema([(column, types.get(column, pa.string())) for column in columns])
    rows, drain = counting(source, map(_typed, long_rows(source))), _Drain()
    with pq.ParquetWriter(drain, schema, compression="zstd") as writer:
        while group := list(islice(rows, _GROUP)):
            cells = [
                pa.array([row.get(column) for row in group], schema.field(column).type)
                for column in columns
            ]  # fmt: skip
            writer.write_table(pa.Table.from_arrays(cells, schema=schema))
            yield drain.empty()
    yield drain.empty()


def _typed(cells: dict[str, Any]) -> dict[str, Any]:
    """Give the word that answers an item of a checklist a column of its own: values are numbers."""
    if cells["type"] != "check":
        return cells
    return {**cells, "check": cells["value"], "value": None}


PARQUET = ExportFormat(
    FileFormat.PARQUET,
    "Parquet",
    "pandas, DuckDB, Polars: the rows of the long table, with types, in a smaller file.",
    ".parquet",
    "row",
    _write,
    frozenset({ExportOption.SUPERSEDED, ExportOption.TEXTS}),
)
