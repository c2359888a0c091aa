"""How long the server works for results pages of studies with many criteria.

    python -m benchmarks.criteria

Two studies are made and imported: 695 criteria of one case each (8 models, two annotators: 11,120
scores), as benchmarks with a criterion for every case have them, and 26,496 scores on 16 criteria.
Times are as in ``benchmarks.pages``: the first and the median of the later ones, in seconds. A page
of the other study is asked for before, so that no import counts.
The bar is one second.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import pages
from db.commands.records import import_records
from db.engine import read_session
from db.queries.results import result_studies
from tests.browser.serving import app_server

_PAGES = ("overview", "decision", "compare-models", "agreement", "annotators", "failures")
_MODELS, _ROUNDS, _PORT = 8, 3, 8598
_SCALE = [{"value": value, "label": str(value)} for value in range(1, 6)]
_STUDIES = {"695 criteria of one case": (695, 695, 2), "26,496 scores on 16 criteria": (69, 16, 3)}


def _records(n_cases: int, n_criteria: int, n_annotators: int) -> Iterator[dict[str, Any]]:
    """Give every response a score on every criterion, or on its case's where each has its own."""
    has_own = n_criteria == n_cases
    for k in range(n_criteria):
        yield {
            "type": "criterion",
            "rubric": "Quality",
            "key": f"criterion {k}",
            "question": "How good?",
            "level": "interval",
            "scale": _SCALE,
        }
    for case in range(n_cases):
        key = f"case {case}"
        content = [{"role": "user", "content": "Question?"}]
        yield {"type": "case", "id": key, "category": f"part {case % 8}", "input": content}
        for model in range(_MODELS):
            about = {"case": key, "model": f"model {model}"}
            yield {"type": "output", **about, "content": f"Answer {case} {model}."}
            for annotator in range(n_annotators):
                for k in [case] if has_own else range(n_criteria):
                    value = 1 + (7 * case + 3 * model + 5 * annotator + 11 * k) % 5
                    who = {"annotator": f"annotator {annotator}", "criterion": f"criterion {k}"}
                    yield {"type": "score", **about, **who, "value": value}


def main() -> None:
    """Print the times of every page for both studies."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'criteria.db'}"
        cookie = pages.lead_cookie(url)
        for name, size in _STUDIES.items():
            import_records(_records(*size), source_name="benchmark", eval_set=name, study=name)
        with read_session() as session:
            studies = result_studies(session)
        for name in _STUDIES:
            # A server of its own: nothing is read or computed yet.
            with (
                app_server(url, port=_PORT) as address,
                pages.open_session(address, cookie) as opened,
            ):
                # Imports are of no interest, and another study leaves this one unread.
                (other,) = set(_STUDIES) - {name}
                pages.ask(opened, "agreement", study=studies[other])
                print(name)
                for page in _PAGES:
                    times = [
                        pages.ask(opened, page, study=studies[name]) for _ in range(1 + _ROUNDS)
                    ]
                    print(f"  {page:15} first {times[0]:5.2f} s, again {median(times[1:]):5.2f} s")


if __name__ == "__main__":
    main()
