"""Do 95 % intervals of agreement hold the truth in 93 to 97 of 100 simulated studies?"""

import numpy as np
import pytest

from evalkit.stats.agreement.coefficients import (
    fleiss_kappa,
    gwet_ac,
    value_agreement,
)
from evalkit.stats.agreement.kappa import agreement_with_rest, pairwise_agreement
from evalkit.stats.agreement.krippendorff import percent_agreement
from evalkit.stats.agreement.weights import Weights
from tests.evalkit.stats.simulated import HIGHEST, LOWEST, N_ENDLESS, N_STUDIES, coded, covered

pytestmark = pytest.mark.slow

COEFFICIENTS = {
    "percent agreement": percent_agreement,
    "Fleiss": fleiss_kappa,
    "Fleiss, linear": lambda data: fleiss_kappa(data, weights=Weights.LINEAR),
    "AC1": gwet_ac,
    "AC2, linear": lambda data: gwet_ac(data, weights=Weights.LINEAR),
    "a second gives the middle": lambda data: value_agreement(data, 3.0),
}


@pytest.fixture(scope="module")
def endless():
    """Give a study so large that its coefficients are the truth."""
    return coded(np.random.default_rng(96), N_ENDLESS)


@pytest.fixture(scope="module", params=[50, 200], ids=lambda n: f"{n} cases")
def studies(request):
    """Give studies of four units a case."""
    return [coded(np.random.default_rng(k), request.param) for k in range(N_STUDIES)]


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_coefficients_of_agreement_are_covered(name, studies, endless):
    coefficient = COEFFICIENTS[name]
    truth = coefficient(endless).value

    found = [coefficient(study) for study in studies]

    assert LOWEST <= covered(found, [truth] * N_STUDIES) <= HIGHEST


@pytest.mark.parametrize("weights", [Weights.IDENTITY, Weights.LINEAR])
def test_kappa_of_two_and_of_one_with_the_rest_are_covered(weights, studies, endless):
    def all_of(data):
        pairs, rest = (
            pairwise_agreement(data, weights=weights),
            agreement_with_rest(data, weights=weights),
        )
        return {
            "kappa of two": [pair.weighted_cohen_kappa or pair.cohen_kappa for pair in pairs],
            "share of two": [pair.percent_agreement for pair in pairs],
            "kappa with the rest": [one.kappa for one in rest],
            "share with the rest": [one.percent_agreement for one in rest],
        }

    truth = {key: [one.value for one in found] for key, found in all_of(endless).items()}
    held = {key: [] for key in truth}
    for study in studies:
        for key, found in all_of(study).items():
            held[key].append(covered(found, truth[key]))

    assert {key: LOWEST <= np.mean(hits) <= HIGHEST for key, hits in held.items()} == dict.fromkeys(
        held, True
    )
