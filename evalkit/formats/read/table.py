"""Every format that is read: of this table the command line, the page and the docs are made."""

from evalkit.formats.read.alpaca_eval import ALPACA_EVAL_ANNOTATIONS, ALPACA_EVAL_OUTPUTS
from evalkit.formats.read.argilla import ARGILLA
from evalkit.formats.read.fastchat import FASTCHAT
from evalkit.formats.read.helm import HELM
from evalkit.formats.read.inspect_ai import INSPECT
from evalkit.formats.read.interface import ReadFormat
from evalkit.formats.read.label_studio import LABEL_STUDIO
from evalkit.formats.read.langfuse import LANGFUSE
from evalkit.formats.read.litellm import LITELLM
from evalkit.formats.read.llm_comparator import LLM_COMPARATOR
from evalkit.formats.read.lm_eval import LM_EVAL
from evalkit.formats.read.mlflow import MLFLOW
from evalkit.formats.read.openai_batch import OPENAI_BATCH
from evalkit.formats.read.openai_chat import OPENAI_CHAT
from evalkit.formats.read.openai_evals import OPENAI_EVALS, OPENAI_EVALS_LOG
from evalkit.formats.read.openai_evals_graders import OPENAI_EVALS_GRADERS
from evalkit.formats.read.otel import OPENTELEMETRY
from evalkit.formats.read.own import EVALKIT
from evalkit.formats.read.potato import POTATO
from evalkit.formats.read.preference import PREFERENCE
from evalkit.formats.read.promptfoo import PROMPTFOO
from evalkit.formats.read.tau_bench import TAU_BENCH
from evalkit.formats.read.wmt import WMT

#: By what one types, in the order in which they are offered and tried: the first that fits.
READABLE: dict[str, ReadFormat] = {
    each.key: each
    for each in (
        EVALKIT,
        OPENAI_CHAT,
        OPENAI_BATCH,
        LITELLM,
        OPENAI_EVALS_LOG,
        OPENAI_EVALS,
        OPENAI_EVALS_GRADERS,
        LM_EVAL,
        FASTCHAT,
        ALPACA_EVAL_ANNOTATIONS,
        ALPACA_EVAL_OUTPUTS,
        LLM_COMPARATOR,
        HELM,
        INSPECT,
        LANGFUSE,
        MLFLOW,
        OPENTELEMETRY,
        PROMPTFOO,
        TAU_BENCH,
        ARGILLA,
        LABEL_STUDIO,
        POTATO,
        WMT,
        PREFERENCE,
    )
}

#: Raw logs hold what customers wrote, and nobody has read them: these are redacted unless a lead
#: says otherwise. Records and labels somebody made to be stored.
RAW_LOGS = frozenset(
    {"openai-chat", "openai-batch", "litellm", "langfuse", "mlflow", "opentelemetry"}
)
