"""What a lead reads of a case: its parts and responses as panes for the viewer."""

import json
from typing import Any

from db.queries.library import CaseDetail, OutputDetail
from evalkit.rendering.markdown import render_response, render_text
from evalkit.rendering.messages import render_context, render_messages, render_tools
from pages.shared.components.viewer import Pane


def case_panes(case: CaseDetail) -> list[Pane]:
    """Give the case itself, and what it is measured against where that is known."""
    parts = render_messages(case.messages) + render_context(case.context)
    about = ", ".join(filter(None, (case.category, case.source)))
    panes = [Pane(f"Case {case.key}", parts + render_tools(case.tools), about)]
    beside = [_titled("Why it is here", case.note), _titled("Reference", _text(case.reference))]
    if any(beside):
        panes.append(Pane("For those who judge", "".join(beside)))
    return panes


def output_panes(case: CaseDetail) -> list[Pane]:
    """Give every model's response, with its name and what it took."""
    return [
        Pane(_made_by(output, case), _response(output), _took(output)) for output in case.outputs
    ]


def _made_by(output: OutputDetail, case: CaseDetail) -> str:
    runs = {other.run for other in case.outputs if other.model == output.model}
    return f"{output.model}, run {output.run}" if len(runs) > 1 else output.model


def _response(output: OutputDetail) -> str:
    if output.steps:
        return render_messages(output.steps)
    return render_response(output.content, error=output.error)


def _took(output: OutputDetail) -> str:
    took = []
    if output.latency_ms is not None:
        took.append(f"{output.latency_ms / 1000:.1f} s")
    if output.output_tokens is not None:
        took.append(f"{output.output_tokens:,} tokens")
    if output.cost_usd is not None:
        took.append(f"${output.cost_usd:.4f}")
    return ", ".join(took)


def _titled(title: str, text: str | None) -> str:
    return render_text(f"**{title}**\n\n{text}") if text else ""


def _text(reference: Any) -> str | None:
    if isinstance(reference, dict):
        named = {"pass_if": "Passes if", "fail_if": "Fails if"}
        return "\n\n".join(f"{named.get(key, key)}: {value}" for key, value in reference.items())
    if reference is None or isinstance(reference, str):
        return reference
    return f"```json\n{json.dumps(reference, ensure_ascii=False, indent=2)}\n```"
