"""Watched cases: what flips, what does not, and what is said of it."""

from evalkit.reports.watched.document import watched_document
from evalkit.reports.watched.report import NOTHING_WATCHED, WatchedOutput, watched_report
from evalkit.reports.watched.sentences import alarm, watched_sentence
from evalkit.reports.watched.tables import alarm_blocks
from evalkit.study.passing import PassRule, Verdict

PASS, FAIL = Verdict(2, 3), Verdict(1, 3)


def outputs(*verdicts, model="birch", key="dose", start=1):
    """Return a response per run, and what was said of it where somebody did."""
    made = [
        WatchedOutput(place, f"hash {key}", key, "A dose for children", model, f"r{place}", place)
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
    assert (flip.run_before, flip.run_after) == ("r3", "r4")
    assert alarm(flipped) == "Alarm: 1 watched case passed before and fails in a newer run."
    assert [block.sentences for block in alarm_blocks(flipped)] == [
        ("Alarm: 1 watched case passed before and fails in a newer run.",),
        (
            "dose, birch: passed in run r3 (2 of 3 say it passes), fails in run r4 (1 of 3 say it "
            "passes). Why it exists: A dose for children",
        ),
    ]
    assert watched_document(flipped)["flips"][0]["after_n_passed"] == 1


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
