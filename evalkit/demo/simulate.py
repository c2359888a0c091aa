"""The demo study as records: cases and outputs written by us, judged by simulated annotators."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from evalkit.annotation.rubric import DEFAULT_RUBRIC, DEFAULT_RUBRIC_NAME
from evalkit.errors import RefusedError
from evalkit.failures.taxonomy import DEFAULT_TAXONOMY, DEFAULT_TAXONOMY_NAME
from evalkit.severity import DEFAULT_SEVERITIES
from evalkit.vocabulary import Preference, SidesOf

DEMO_EVAL_SET = "Support copilot evaluation"
DEMO_STUDY = "Support copilot, autumn 2026"
DEMO_SEED = 20261102

#: How much each criterion weighs when a simulated annotator forms an overall opinion.
CRITERION_WEIGHTS = {"helpfulness": 0.5, "correctness": 0.25, "instruction_following": 0.25}

#: Below this perceived quality (on 1–5) a response is not acceptable to an annotator.
ACCEPTABLE_FROM = 2.8

FIRST_DAY = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)  # a Monday; the outputs are of October
#: Days of work counted from the first: two weeks without their weekends.
WORKING_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)

#: A third of the pairs of a case is planned, and each of its three presentations done with 3/4.
_PLANNED = {"sampling": "random", "inclusion_probability": round((1 - 0.25**3) / 3, 4)}

_SEVERITIES = tuple(severity.key for severity in DEFAULT_SEVERITIES)
_DETECTION_BY_SEVERITY = {"minor": 0.55, "major": 0.9, "critical": 1.0}


@dataclass(frozen=True, slots=True)
class SimulatedAnnotator:
    """How one simulated annotator departs from the latent quality (scale points of 1–5).

    ``noise`` is the standard deviation of the overall opinion, ``left_bias`` is added to
    whatever stands on the left, ``tie_margin`` is the difference below which two responses
    seem equal, ``detection`` the chance to notice a critical error, ``median_seconds`` the
    usual active time, ``comments`` the chance to leave a remark.
    """

    name: str
    leniency: float
    noise: float
    left_bias: float
    tie_margin: float
    detection: float
    median_seconds: float
    comments: float


SIMULATED_ANNOTATORS: tuple[SimulatedAnnotator, ...] = (
    SimulatedAnnotator("Simulated annotator 1", 0.0, 0.28, 0.0, 0.25, 0.90, 84.0, 0.45),
    SimulatedAnnotator("Simulated annotator 2", -0.3, 0.30, 0.0, 0.25, 0.95, 96.0, 0.50),
    SimulatedAnnotator("Simulated annotator 3", 0.1, 0.35, 0.35, 0.25, 0.80, 72.0, 0.30),
    # The careless one: faster, noisier, overlooks most errors.
    SimulatedAnnotator("Simulated annotator 4", 0.2, 0.95, 0.1, 0.35, 0.35, 41.0, 0.10),
    SimulatedAnnotator("Simulated annotator 5", 0.3, 0.35, 0.0, 0.45, 0.75, 78.0, 0.35),
)


class DemoPair(NamedTuple):
    """One presentation to be judged; ``annotator`` indexes ``SIMULATED_ANNOTATORS``."""

    case: str
    left: str
    right: str
    annotator: int
    assignment: str


def demo_pairs(
    case_ids: Sequence[str],
    models: Sequence[str],
    *,
    overlap: int = 3,
    undone: float = 0.25,
    seed: int = DEMO_SEED,
) -> list[DemoPair]:
    """Plan who judges which two responses, balanced over models, sides and annotators.

    Parameters
    ----------
    case_ids : sequence of str
        Cases in their order; consecutive ones get consecutive rounds of a round-robin
        tournament of the models, so each model stands in one pair per case.
    models : sequence of str
        Two or more names. With an odd number one model pauses per case.
    overlap : int
        How many different annotators judge each pair, 1 to 5.
    undone : float
        Share (0–1) of the planned presentations that is left out, so that work is left to do.
    seed : int
        Same seed, same plan; the plan with ``undone=0`` contains the one without.

    Returns
    -------
    list of DemoPair
        At most ``len(case_ids) * (len(models) // 2) * overlap`` presentations.

    Raises
    ------
    RefusedError
        If there are fewer than two models, or fewer annotators than ``overlap``.
    """
    if len(models) < 2 or not 1 <= overlap <= len(SIMULATED_ANNOTATORS):
        raise RefusedError(
            f"A plan needs two models or more and an overlap of 1 to {len(SIMULATED_ANNOTATORS)};"
            f" it got {len(models)} models and an overlap of {overlap}."
        )
    rng = np.random.default_rng([seed, 1])
    rounds = _round_robin(models)
    first_round = int(rng.integers(len(rounds)))
    panels: list[tuple[int, ...]] = []
    left_lead: dict[tuple[str, str], int] = {}
    planned: list[DemoPair] = []
    for position, case in enumerate(case_ids):
        for first, second in rounds[(position + first_round) % len(rounds)]:
            if not panels:  # every panel once before any twice: equal load, every two meet
                every_panel = combinations(range(len(SIMULATED_ANNOTATORS)), overlap)
                panels = [tuple(panel) for panel in rng.permutation(list(every_panel)).tolist()]
            for annotator in rng.permutation(panels.pop()).tolist():
                lead = left_lead.get((first, second), 0)
                is_first_left = lead < 0 or (lead == 0 and rng.random() < 0.5)
                left_lead[first, second] = lead + (1 if is_first_left else -1)
                left, right = (first, second) if is_first_left else (second, first)
                key = f"demo-{len(planned) + 1:04d}"
                planned.append(DemoPair(case, left, right, annotator, key))
    n_undone = round(undone * len(planned))
    left_out = set(rng.permutation(len(planned))[:n_undone].tolist())
    return [pair for index, pair in enumerate(planned) if index not in left_out]


def _round_robin(models: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Return the rounds of a tournament: the first stays, the others turn (circle method)."""
    seats: list[str | None] = [*models, None] if len(models) % 2 else [*models]
    rounds = []
    for _ in range(len(seats) - 1):
        half = len(seats) // 2
        facing = zip(seats[:half], reversed(seats[half:]), strict=True)
        rounds.append([(min(a, b), max(a, b)) for a, b in facing if a and b])
        seats = [seats[0], seats[-1], *seats[1:-1]]
    return rounds


def simulated_records(
    latent: Iterable[Mapping[str, Any]], *, pairs: Sequence[DemoPair], seed: int = DEMO_SEED
) -> Iterator[dict[str, Any]]:
    """Yield what simulated annotators say of the pairs, as records, in order of time.

    Parameters
    ----------
    latent : iterable of mappings
        One per output: ``case``, ``model``, the three criteria (latent quality, 1–5),
        ``errors`` (each ``tag``, ``severity``, ``quote`` or None) and ``remark``.
    pairs : sequence of DemoPair
        What is judged, by whom.
    seed : int
        Same seed, same records. What is said of a presentation depends on nothing but the
        seed and its ``assignment``.

    Yields
    ------
    dict
        Per presentation one ``comparison``, then a ``score`` per response and criterion, then
        an ``error`` per error noticed (``tag`` None where none was), each with metadata
        ``{"simulated": true}``.

    Raises
    ------
    KeyError
        If a pair names an output that has no latent quality.
    """
    by_output = {(row["case"], row["model"]): row for row in latent}
    started = _start_times(pairs, seed=seed)
    for pair in sorted(pairs, key=lambda pair: (started[pair.assignment], pair.assignment)):
        yield from _judge(pair, by_output, started[pair.assignment], seed)


def _start_times(pairs: Sequence[DemoPair], *, seed: int) -> dict[str, datetime]:
    """Spread each annotator's work over two weeks, in an order of their own."""
    started = {}
    for annotator in range(len(SIMULATED_ANNOTATORS)):
        rng = np.random.default_rng([seed, 2, annotator])
        own = [pair.assignment for pair in pairs if pair.annotator == annotator]
        for position, index in enumerate(rng.permutation(len(own)).tolist()):
            day, place = divmod(position * len(WORKING_DAYS), max(len(own), 1))
            minutes = 47 * annotator + 6 * place / len(WORKING_DAYS) + rng.uniform(0, 2)
            started[own[index]] = FIRST_DAY + timedelta(days=WORKING_DAYS[day], minutes=minutes)
    return started


def _judge(
    pair: DemoPair,
    by_output: Mapping[tuple[str, str], Mapping[str, Any]],
    started: datetime,
    seed: int,
) -> Iterator[dict[str, Any]]:
    """Yield the records of one presentation."""
    annotator = SIMULATED_ANNOTATORS[pair.annotator]
    rng = np.random.default_rng([seed, 3, *pair.assignment.encode()])
    sides = {"A": by_output[pair.case, pair.left], "B": by_output[pair.case, pair.right]}
    # How this person takes to this response: it moves the preference and all its scores.
    taste = {side: annotator.leniency + rng.normal(0, annotator.noise) for side in sides}
    quality = {side: overall(row) + taste[side] for side, row in sides.items()}
    preference = _preference(annotator, quality["A"], quality["B"])
    noticed = {side: _noticed(annotator, row, rng) for side, row in sides.items()}
    seconds = float(np.clip(rng.lognormal(np.log(annotator.median_seconds), 0.35), 30, 180))
    common: dict[str, Any] = {
        "annotator": annotator.name,
        "created_at": (started + timedelta(seconds=seconds)).isoformat(timespec="seconds"),
        "assignment": pair.assignment,
        "metadata": {"simulated": True},
    }
    comparison: dict[str, Any] = {
        "type": "comparison",
        "case": pair.case,
        "left": pair.left,
        "right": pair.right,
        "preference": str(preference),
        **_PLANNED,
        "seconds": round(seconds, 1),
        **common,
    }
    if rng.random() < annotator.comments:
        side = "A" if abs(quality["A"] - 3) > abs(quality["B"] - 3) else "B"
        comparison["comment"] = f"{side}: {sides[side]['remark']}"
    yield comparison
    for side, row in sides.items():
        output = {"case": pair.case, "model": row["model"]}
        for criterion in CRITERION_WEIGHTS:
            value = row[criterion] + 0.7 * taste[side] + rng.normal(0, 0.5 + annotator.noise / 3)
            score = {"criterion": criterion, "value": int(np.clip(round(value), 1, 5))}
            yield {"type": "score", **output, **score, **common}
        for error in noticed[side] or [{"tag": None}]:
            yield {"type": "error", **output, **error, **common}


def overall(row: Mapping[str, Any]) -> float:
    """Return one latent number for a response, on 1–5."""
    return float(sum(weight * row[key] for key, weight in CRITERION_WEIGHTS.items()))


def _preference(annotator: SimulatedAnnotator, left: float, right: float) -> Preference:
    """Turn two perceived qualities into a verdict on what was seen."""
    if max(left, right) < ACCEPTABLE_FROM:
        return Preference.BOTH_BAD
    difference = left + annotator.left_bias - right
    if abs(difference) < annotator.tie_margin:
        return Preference.TIE
    return Preference.LEFT if difference > 0 else Preference.RIGHT


def _noticed(
    annotator: SimulatedAnnotator, row: Mapping[str, Any], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Return the errors this annotator marks; the severity may be one step off."""
    marks = []
    for error in row["errors"]:
        chance = annotator.detection * _DETECTION_BY_SEVERITY[error["severity"]]
        step = int(rng.choice([-1, 0, 1], p=[0.12, 0.76, 0.12]))
        has_span = rng.random() < 0.7  # people do not always mark the place
        if rng.random() >= chance:
            continue
        rank = int(np.clip(_SEVERITIES.index(error["severity"]) + step, 0, len(_SEVERITIES) - 1))
        mark: dict[str, Any] = {"tag": error["tag"], "severity": _SEVERITIES[rank]}
        if has_span and error["quote"]:
            mark["quote"] = error["quote"]
        marks.append(mark)
    if marks and rng.random() < annotator.comments / 2:
        marks[0]["note"] = row["remark"]
    # Now and then somebody minds what nobody else does.
    if not marks and rng.random() < 0.05:
        marks.append({"tag": str(rng.choice(["tone", "verbosity"])), "severity": "minor"})
    return marks


def demo_records(seed: int = DEMO_SEED) -> Iterator[dict[str, Any]]:
    """Yield the whole demo study: header, rubric, taxonomy, cases, outputs, annotations.

    Cases and outputs are those of every ``content/*.jsonl`` of this package, in order of file
    name. Marks on text responses carry the offsets of their quote, marks on trajectories the
    quote alone.
    """
    yield {
        "type": "header",
        "format": "evalkit",
        "version": 2,
        "eval_set": DEMO_EVAL_SET,
        "study": DEMO_STUDY,
        "sides": SidesOf.DEALT.value,
    }
    yield from _rubric_records()
    yield from _content(suffix=".jsonl", without=".latent.jsonl")
    latent, texts = demo_latent(), demo_texts()
    cases = list(dict.fromkeys(row["case"] for row in latent))
    models = sorted({row["model"] for row in latent})
    pairs = demo_pairs(cases, models, seed=seed)
    for record in simulated_records(latent, pairs=pairs, seed=seed):
        text = texts.get((record["case"], record.get("model", "")))
        if text is not None and "quote" in record:
            start = text.index(record["quote"])
            record |= {"start": start, "end": start + len(record["quote"])}
        yield record


def demo_latent() -> list[dict[str, Any]]:
    """Return how good each response of the demo is, and what is wrong with it."""
    return list(_content(suffix=".latent.jsonl"))


def demo_texts() -> dict[tuple[str, str], str]:
    """Return the responses of the demo that are texts, by case and model."""
    return {
        (record["case"], record["model"]): record["content"]
        for record in _content(suffix=".jsonl", without=".latent.jsonl")
        if record["type"] == "output" and isinstance(record["content"], str)
    }


def _rubric_records() -> Iterator[dict[str, Any]]:
    """Yield the ready rubric and taxonomy as records."""
    for criterion in DEFAULT_RUBRIC:
        yield {
            "type": "criterion",
            "rubric": DEFAULT_RUBRIC_NAME,
            "key": criterion.key,
            "question": criterion.question,
            "description": criterion.description,
            "level": str(criterion.level),
            "scale": [
                {"value": level.value, "label": level.label, "anchor": level.anchor}
                for level in criterion.scale
            ],
            "required": criterion.required,
        }
    for tag in DEFAULT_TAXONOMY:
        yield {
            "type": "tag",
            "taxonomy": DEFAULT_TAXONOMY_NAME,
            "key": tag.key,
            "name": tag.name,
            "definition": tag.definition,
            "severities": list(tag.severities),
        }


def _content(*, suffix: str, without: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield the lines of the content files whose name ends so, headers left out."""
    folder = resources.files("evalkit.demo").joinpath("content")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(suffix) or (without and file.name.endswith(without)):
            continue
        # Not splitlines(): it also breaks at characters that may stand inside a JSON text.
        for line in file.read_text(encoding="utf-8").split("\n"):
            record = json.loads(line) if line.strip() else {"type": "header"}
            if record.get("type") != "header":
                yield record
