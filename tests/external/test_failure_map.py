"""The failure map of MQM's marks on TED: strongest associations computed with pandas and SciPy."""

import gzip
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control
from statsmodels.stats.contingency_tables import StratifiedTable

from db.commands.records import import_file
from db.engine import read_session
from db.queries.results import collect, result_study
from evalkit.cli.report.options import weights_of
from evalkit.reports.errors.failure_map import Comparison, Frequency, failure_map
from tests.external.test_published_statistics import PUBLISHED_PENALTIES

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FILE = DATA / "mqm_ted.jsonl.gz"

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not FILE.is_file(), reason="the data sets are not beside the repository"),
]


@pytest.fixture
def mapped(sqlite_database):
    import_file(FILE, study="mqm_ted")
    with read_session() as session:
        study = result_study(session, name="mqm_ted")
        weights = weights_of(study, ["minor:Fluency/Punctuation=0.1"])
        return failure_map(collect(session, replace(study, weights=weights)))


@pytest.fixture(scope="module")
def looked():
    """Give a row per segment and system, and for each tag whether it was marked."""
    with gzip.open(FILE, "rt", encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["type"] == "error"]
    frame = pd.DataFrame(rows)[["case", "model", "tag"]]
    marked = pd.crosstab([frame["case"], frame["model"]], frame["tag"].fillna("none")) > 0
    return marked.drop(columns="none")


def chance_of(hits, total):
    """Give the two-sided chance of so many hits, of cases with a chance each, by their moments.

    By Fourier transform of the sum's characteristic function: exact to 1e-14.
    """
    n = len(hits)
    waves = np.exp(-2j * np.pi * np.arange(n + 1) / (n + 1))[:, None]
    chances = np.fft.ifft(np.prod(1 - hits + hits * waves, axis=1)).real.clip(0)
    return chances[chances <= chances[total] * (1 + 1e-7)].sum()


def test_the_strongest_associations_of_systems_are_those_of_exchange_within_segments(
    mapped, looked
):
    assert mapped.comparison is Comparison.CASE
    n_models = looked.groupby(level="case").size()
    assert set(n_models) == {14}
    known = {}
    for tag in looked:
        table = looked[tag].unstack("model")
        for model in table:
            p = chance_of(table.mean(axis=1).to_numpy(), int(table[model].sum()))
            known[tag, model] = table, p
    for (tag, model), (table, p) in known.items():
        cell = mapped.cells[tag, model, None]
        assert cell.n_hits == table[model].sum()
        assert cell.rate.value == pytest.approx(table[model].mean())
        if np.isfinite(p) and p > 1e-10 and cell.p is not None:
            assert cell.p == pytest.approx(p, rel=1e-3)
    by_p = sorted(known, key=lambda place: mapped.cells[(*place, None)].p or 1.0)
    for tag, model in by_p[:5]:
        table, cell = known[tag, model][0], mapped.cells[tag, model, None]
        strata = StratifiedTable(
            [
                np.array([[row[model], 1 - row[model]], [n - row[model], 13 - n + row[model]]])
                for row, n in zip(
                    table.astype(int).to_dict("records"), table.sum(axis=1), strict=True
                )
            ]
        )
        others = table.drop(columns=model).to_numpy().mean()
        assert cell.lift == pytest.approx(table[model].mean() / others)
        assert cell.odds.value == pytest.approx(strata.oddsratio_pooled)
        assert strata.test_null_odds().pvalue < 1e-4
        assert cell.frequency in (Frequency.MORE, Frequency.LESS)


def test_q_is_scipys_over_all_cells_that_can_tell(mapped):
    cells = [cell for cell in mapped.cells.values() if cell.q is not None]

    known = false_discovery_control([cell.p for cell in cells])

    assert len(cells) == mapped.n_tested
    assert [cell.q for cell in cells] == pytest.approx(list(known))


def test_weights_of_a_systems_errors_add_up_to_the_published_scores(mapped):
    totals = dict.fromkeys(PUBLISHED_PENALTIES, 0.0)
    for cell in mapped.cells.values():
        if cell.model is not None and cell.value is None:
            totals[cell.model] += cell.weight.value

    assert totals == pytest.approx(PUBLISHED_PENALTIES, abs=0.0095)
