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
from evalkit.formats.material import ExportFormat, ExportOption, FileFormat
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

#: What each choice does, as the command line and the page say it.
OPTION_HELP: dict[ExportOption, str] = {
    ExportOption.SUPERSEDED: "Also earlier revisions of what was edited, marked as such.",
    ExportOption.TEXTS: "With the words of the case and of the responses, case by case.",
    ExportOption.JUDGES: "Judges count too, not people alone.",
    ExportOption.CRITERION: "The criterion that counts, by its key, instead of the preference.",
    ExportOption.RULE: "How several answers on a pair become one: by majority, by dawid-skene "
    "(annotators weighed by how reliable they are), adjudicated (what a lead decided, else the "
    "majority), or not at all: every answer is a line. Whether a response passes is by majority "
    "or adjudicated.",
    ExportOption.ALSO: "What is held back from training by default, and may be written all the "
    "same.",
    ExportOption.AGAINST: "An eval set that nothing trained on may overlap with; the file is "
    "refused where a case of it does.",
}
