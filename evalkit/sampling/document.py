"""A sample as JSON: what was chosen with which chance, and what that leaves."""

from dataclasses import asdict

from evalkit.sampling.sample import Sample
from evalkit.sampling.tables import distance_counts


def sample_document(sample: Sample) -> dict[str, object]:
    """Return all that is said of a sample, as JSON can hold it."""
    return {
        "seed": sample.seed,
        "n_lines": sample.n_lines,
        "n_exact_duplicates": sample.n_exact,
        "n_near_duplicates": sample.n_near,
        "by": [trait.value for trait in sample.made_by.by],
        "not_by": [trait.value for trait in sample.made_by.not_by],
        "pooled": [{"stratum": name, "n_cases": size} for name, size in sample.made_by.pooled],
        "strata": [
            {**asdict(row), "n": row.n, "share": row.n / row.n_cases, "chance": row.chance}
            for row in sample.strata
        ],
        "cases": [
            {
                "id": case.key,
                "stratum": case.stratum,
                "is_drawn": case.is_drawn,
                "way": case.way.value,
                "inclusion_probability": case.probability,
            }
            for case in sample.chosen
        ],
        "distances": [
            {"from": low, "to": high, "n_cases": n} for low, high, n in distance_counts(sample)
        ],
        "farthest": [
            {"id": case.key, "stratum": case.stratum, "distance": case.distance}
            for case in sample.coverage.farthest
        ],
    }
