"""evalkit: a study on made-up cases, and people who annotate it as the screen does, over HTTP."""

import io
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.screen.items import MODELS, Item, items
from db import schema
from db.commands.people import accept_invitation, add_account
from db.commands.records import import_file
from db.commands.studies import StudyPlan, create_study
from evalkit.vocabulary import Role, TaskKind
from pages.routes.session import cookie_value
from tests import everything

ROOT = Path(__file__).resolve().parents[2]
_EVAL_SET = "Screen"


def made_study(*, n_cases: int, overlap: int, asks_all: bool = False) -> int:
    """Make the database that ``DATABASE_URL`` names, with one study; return the study's id.

    It asks what a study asks unless a lead chooses, or all that can be asked.
    """
    schema.upgrade()
    header = {"type": "header", "format": "evalkit", "version": 2, "eval_set": _EVAL_SET}
    lines: list[dict[str, Any]] = [header, *(everything.definitions() if asks_all else ())]
    made = list(items(n_cases))
    checklist = {"checklist": everything.CHECKLIST} if asks_all else {}
    lines += [
        {"type": "case", "id": item.key, "input": [_asking(item)], **checklist} for item in made
    ]
    lines += [
        {"type": "output", "case": item.key, "model": model, "content": answer}
        for item in made
        for model, answer in zip(MODELS, item.answers, strict=True)
    ]
    records = "\n".join(map(json.dumps, lines)).encode()
    import_file(io.BytesIO(records), source_name="screen.jsonl", eval_set=_EVAL_SET)
    values: dict[str, Any] = {
        "name": _EVAL_SET,
        "eval_set": _EVAL_SET,
        "models": MODELS,
        "overlap": overlap,
    }
    plan = everything.plan(TaskKind.PAIR, **values) if asks_all else StudyPlan(**values)
    return create_study(plan)


def _asking(item: Item) -> dict[str, str]:
    return {"role": "user", "content": item.prompt}


def invited(n: int, *, called: str = "Annotator") -> list[str]:
    """Make n annotators; return their cookies."""
    cookies = []
    for number in range(n):
        token = add_account(name=f"{called} {number}", role=Role.ANNOTATOR)
        # Without a password: to hash hundreds of them takes a minute.
        cookies.append(cookie_value(accept_invitation(token=token, password=None)))
    return cookies


def command(port: int) -> list[str]:
    """Return how evalkit is started."""
    return [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
