"""Watched cases: what flips, what does not, and what is said of it."""

from datetime import UTC, datetime, timedelta

from evalkit.reports.watched.document import watched_document
from evalkit.reports.watched.report import NOTHING_WATCHED, WatchedOutput, watched_report
from evalkit.reports.watched.sentences import alarm, flip_sentence, watched_sentence
from evalkit.reports.watched.tables import alarm_blocks
from evalkit.study.passing import PassRule, Verdict

PASS, FAIL, TIE = Verdict(2, 3), Verdict(1, 3), Verdict(1, 2)
START = datetime(2026, 11, 1, 12, tzinfo=UTC)
BY_ACCEPTABLE = "A response passes if most of its annotators find it acceptable."


def outputs(*verdicts, model="birch", key="dose", start=1, days=None, stored=timedelta(days=1)):
    """Return a response per run, and what was said of it where somebody did.

    ``days`` is on which it was made; ``stored`` how long after another a run came.
    """
    made = [
        WatchedOutput(
            place,
            f"hash {key}",
            key,
            "A dose for children",
            model,
            f"r{place}",
            place,
            START + place * stored,
            None if days is None else START + timedelta(days=days[place - start]),
        )
        for place in range(start, start + len(verdicts))
    ]
    judged = zip(made, verdicts, strict=True)
    return made, {output.output_id: verdict for output, verdict in judged if verdict}


def report(*verdicts, **how):
    made, judged = outputs(*verdicts, **how)
    return watched_report(made, judged, n_watched=1, measure=PassRule())


def test_a_case_that_passed_and_fails_in_the_newest_judged_run_raises_an_alarm():
    flipped = report(PASS, FAIL, PASS, FAIL, None)

    (flip,) = flipped.flips
    assert (flip.before.runs, flip.after.runs) == (("r3",), ("r4",))
    told = f"Alarm: 1 watched case passed before and fails in a newer run. {BY_ACCEPTABLE}"
    assert alarm(flipped) == told
    assert [block.sentences for block in alarm_blocks(flipped)] == [
        (told,),
        (
            "dose, birch: passed in run r3 (2 of 3 say it passes), fails in run r4 (1 of 3 say it "
            "passes). Why it exists: A dose for children",
        ),
    ]
    assert watched_document(flipped)["flips"][0]["after"] == [
        {"run": "r4", "n_passed": 1, "n_said": 3}
    ]


def test_trials_of_one_day_or_of_one_import_are_no_newer_runs_of_each_other():
    at_once = {"stored": timedelta(milliseconds=5)}
    for how in ({"days": (0, 0, 0)}, at_once):
        trials = report(PASS, PASS, FAIL, **how)
        assert (trials.flips, trials.n_compared) == ((), 0)
    (flip,) = report(PASS, FAIL, PASS, FAIL, FAIL, PASS, days=(0, 0, 0, 3, 3, 3)).flips
    assert (flip.before.runs, flip.after.runs) == (("r1", "r2", "r3"), ("r4", "r5", "r6"))
    assert "passed in runs r1, r2 and r3 (passes in 2 of 3), fails in" in flip_sentence(flip)


def test_half_of_the_trials_decide_nothing():
    assert report(PASS, FAIL, PASS, days=(0, 3, 3)).n_compared == 0
    assert report(PASS, FAIL, PASS, days=(0, 3, 3)).flips == ()


def test_the_newest_run_is_the_one_made_last_not_the_one_stored_last():
    assert report(FAIL, PASS, days=(0, 9)).flips == ()
    (flip,) = report(FAIL, PASS, days=(9, 0)).flips
    assert (flip.before.runs, flip.after.runs) == (("r2",), ("r1",))


def test_a_tie_of_those_who_judged_raises_no_alarm_and_hides_none():
    assert report(PASS, TIE).flips == ()
    assert report(TIE, FAIL).flips == ()
    assert len(report(PASS, FAIL, TIE).flips) == 1


def test_the_alarm_counts_cases_and_says_the_models_beside_and_by_what_a_response_passes():
    first, said_of_first = outputs(PASS, FAIL, model="atlas")
    second, said_of_second = outputs(PASS, FAIL, model="birch", start=3)

    made = watched_report(
        [*first, *second],
        said_of_first | said_of_second,
        n_watched=1,
        measure=PassRule("helpful", 2),
    )

    assert alarm(made) == (
        "Alarm: 1 watched case passed before and fails in a newer run, of 2 models. A response "
        "passes if most of its annotators score it 2 or above on helpful."
    )
    assert (watched_document(made)["n_flipped"], len(watched_document(made)["flips"])) == (1, 2)


def test_what_always_failed_what_was_repaired_and_what_is_not_judged_is_no_flip():
    for verdicts in ((FAIL, FAIL), (FAIL, PASS), (PASS, PASS), (PASS, None), (None, FAIL), (FAIL,)):
        assert not report(*verdicts).flips
        assert alarm_blocks(report(*verdicts)) == ()
    assert report(PASS, FAIL, PASS).flips == ()  # mended since


def test_models_and_cases_do_not_mix():
    first, said_of_first = outputs(PASS, model="atlas")
    second, said_of_second = outputs(FAIL, model="birch", start=2)
    third, said_of_third = outputs(FAIL, key="other", model="atlas", start=3)

    made = watched_report(
        [*first, *second, *third],
        said_of_first | said_of_second | said_of_third,
        n_watched=2,
        measure=PassRule(),
    )

    assert (made.flips, made.n_compared) == ((), 0)
    assert watched_sentence(made) == (
        "2 cases watched; none was judged in two runs of one model yet."
    )


def test_without_watched_cases_nothing_is_said():
    assert watched_sentence(NOTHING_WATCHED) == alarm(NOTHING_WATCHED) == ""
    assert watched_sentence(report(PASS, PASS)) == (
        "1 case watched: none that a model passed before fails in a newer run."
    )
