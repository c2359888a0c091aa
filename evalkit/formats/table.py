"""Every export format: of this table the command line, the page and the docs are made."""

from evalkit.formats.alpaca_eval import ALPACA_EVAL
from evalkit.formats.alt_test import ALT_TEST
from evalkit.formats.argilla import ARGILLA
from evalkit.formats.battles import ARENA_RANK, EVALICA_BATTLES
from evalkit.formats.csv_long import CSV_LONG
from evalkit.formats.csv_wide import CSV_WIDE
from evalkit.formats.judgy import JUDGY
from evalkit.formats.kto import KTO
from evalkit.formats.langfuse import LANGFUSE
from evalkit.formats.langsmith import LANGSMITH
from evalkit.formats.material import ExportFormat, FileFormat
from evalkit.formats.mt_bench import MT_BENCH
from evalkit.formats.openai_training import OPENAI_DPO, OPENAI_SFT
from evalkit.formats.parquet import PARQUET
from evalkit.formats.preferences import PREFERENCES
from evalkit.formats.promptfoo import PROMPTFOO
from evalkit.formats.records import RECORDS

#: By what one types, in the order in which they are offered.
FORMATS: dict[FileFormat, ExportFormat] = {
    each.key: each
    for each in (
        CSV_LONG,
        CSV_WIDE,
        PARQUET,
        RECORDS,
        PREFERENCES,
        OPENAI_DPO,
        KTO,
        OPENAI_SFT,
        ALPACA_EVAL,
        MT_BENCH,
        ARENA_RANK,
        EVALICA_BATTLES,
        ALT_TEST,
        JUDGY,
        ARGILLA,
        LANGFUSE,
        LANGSMITH,
        PROMPTFOO,
    )
}
