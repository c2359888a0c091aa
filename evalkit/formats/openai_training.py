"""Lines as OpenAI takes them to train on: preferences for DPO, and verdicts for a judge (SFT)."""

import json
from collections.abc import Iterator
from typing import Any

from evalkit.formats.material import AgreedPair, ExportFormat, ExportOption, FileFormat, Source
from evalkit.formats.preferences import TRAINING_OPTIONS, messages_of
from evalkit.formats.writing import json_lines
from evalkit.vocabulary import Preference

_TIES = {Preference.TIE: "tie", Preference.BOTH_BAD: "both_bad"}
_MANY_STEPS = "of an agent, whose response is more than one message"


def openai_preference(pair: AgreedPair) -> dict[str, Any] | None:
    """Return a line for DPO; None where a response is no single message, which it must be."""
    preferred, other = (messages_of(side["content"]) for side in (pair.chosen, pair.rejected))
    if len(preferred) != 1 or len(other) != 1:
        return None
    tools = pair.case.get("tools")
    beside = {"tools": tools, "parallel_tool_calls": True} if tools else {}
    return {
        "input": {"messages": pair.case["input"], **beside},
        "preferred_output": preferred,
        "non_preferred_output": other,
    }


def judge_lines(source: Source, pair: AgreedPair) -> Iterator[dict[str, Any]]:
    """Yield what our own judge is asked of a pair in both orders, with the answer agreed on."""
    case, chosen, rejected = pair.ids
    for left, right, verdict in ((chosen, rejected, "A"), (rejected, chosen, "B")):
        answer = {"verdict": _TIES.get(pair.answer, verdict)}
        asked = source.judge_messages(case, left, right)
        yield {"messages": [*asked, {"role": "assistant", "content": json.dumps(answer)}]}


def _write_preferences(source: Source) -> Iterator[str]:
    def rows() -> Iterator[dict[str, Any]]:
        for pair in source.pairs():
            line = openai_preference(pair)
            if line is None:
                source.left_out[_MANY_STEPS] = source.left_out.get(_MANY_STEPS, 0) + 1
            else:
                yield line

    return json_lines(source, rows())


def _write_verdicts(source: Source) -> Iterator[str]:
    pairs = source.pairs(ties=True)
    return json_lines(source, (line for pair in pairs for line in judge_lines(source, pair)))


OPENAI_DPO = ExportFormat(
    FileFormat.OPENAI_DPO,
    "Preferences, OpenAI (DPO)",
    "OpenAI, Together and Fireworks: input, preferred and non-preferred output per pair.",
    "-openai-dpo.jsonl",
    "preference",
    _write_preferences,
    TRAINING_OPTIONS | {ExportOption.RULE},
    is_for_training=True,
    needs_pairs=True,
)

OPENAI_SFT = ExportFormat(
    FileFormat.OPENAI_SFT,
    "Verdicts to train a judge on (SFT)",
    "Chats in which the judge of evalkit is asked about a pair and answers as people do.",
    "-judge-sft.jsonl",
    "chat",
    _write_verdicts,
    TRAINING_OPTIONS | {ExportOption.RULE},
    is_for_training=True,
    needs_pairs=True,
)
