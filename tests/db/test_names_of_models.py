"""The same data with one model renamed: nothing about annotators may change."""

from pathlib import Path

import numpy as np
import pytest

from db.commands.records import import_file
from db.engine import read_session
from db.queries.results import collect, result_study
from evalkit.reports.agreement.coefficients import coefficients
from evalkit.reports.agreement.report import agreement_report
from evalkit.reports.annotators.report import annotators_report

CASES = Path(__file__).parents[1] / "cases" / "names"


@pytest.fixture
def collected(sqlite_database):
    """Give the three studies, which differ by the name of one model only."""
    found = {}
    for name in ("a", "m", "z"):
        import_file(CASES / f"{name}.jsonl")
        with read_session() as session:
            found[name] = collect(session, result_study(session, name=f"names-{name}"))
    return found


def ends(of):
    return [of.value, of.low, of.high]


def test_alpha_and_every_other_coefficient_are_the_same_whatever_a_model_is_called(collected):
    for name, study in collected.items():
        of = agreement_report(study).preference

        # 20 units, 40 values, 16 units agreed on. Each orientation counted: 20 values a side,
        # 1 - 0.2 / ((40² - 2·20²) / (40·39)) = 0.61. By name it was -0.08 for "a" and "z".
        assert of.alpha.value == pytest.approx(0.61), name
        assert of.percent.value == pytest.approx(0.8)
        # Of two shares of one half Cohen's and Fleiss' chance is one half: (0.8 - 0.5) / 0.5.
        assert [pair.cohen_kappa.value for pair in of.pairs] == [pytest.approx(0.6)]
        (several,) = coefficients(study)
        assert several.fleiss.value == pytest.approx(0.6)
        # Gwet's chance for two values of one half each is one half, too.
        assert several.gwet.value == pytest.approx(0.6)

    intervals = [
        [*ends(of.alpha), *ends(of.pairs[0].cohen_kappa)]
        for of in (agreement_report(study).preference for study in collected.values())
    ]
    assert intervals[1:] == [pytest.approx(intervals[0])] * 2


def test_who_is_right_and_who_knows_are_the_same_whatever_a_model_is_called(collected):
    found = [
        [[row.profile.agreement.kappa.value, row.profile.longest_run, row.profile.twin,
          row.knows.value, row.quality.estimate.value] for row in annotators_report(study).rows]
        for study in collected.values()
    ]  # fmt: skip

    assert found[0] == found[1] == found[2]
    assert np.isfinite(found[0][0][0])
