"""Who is given what next, and that what is kept count of is what there is."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from sqlmodel import select

from db.columns import now
from db.commands import annotation as commands, next_unit, repair
from db.commands.assignments import OnScreen, hold_next, next_task_id, release
from db.commands.studies import StudyPlan, create_study, set_study_open
from db.commands.units import count_units, outdate_units
from db.engine import read_session, write_session
from db.models import Annotator, Assignment, Output, Study, Unit, WorkCount
from db.queries.annotation import progress as progresses
from db.queries.annotation.shown import shown_outputs
from db.queries.annotation.task import beside
from evalkit.annotation.assignment.policy import HOLD
from evalkit.errors import NotFoundError
from evalkit.vocabulary import AssignmentState, TaskKind
from tests.factories import make_eval_set, opened


class People:
    """Annotators at work on a study that asks for a preference, of single responses for errors."""

    def __init__(self, *, n_people, n_models=2, n_cases=4, kind=TaskKind.PAIR, **plan):
        self.models = models = tuple(f"model {number}" for number in range(n_models))
        make_eval_set(models=models, n_cases=n_cases)
        self.study_id = create_study(
            StudyPlan(
                name="Counted",
                eval_set="Support questions",
                models=models,
                kind=kind,
                collects=frozenset({"tags" if kind == TaskKind.SINGLE else "preference"}),
                rubric=None,
                **plan,
            )
        )
        with write_session() as session:
            people = [Annotator(name=f"person {number}") for number in range(n_people)]
            session.add_all(people)
            session.flush()
            self.ids = [person.id for person in people]
        self.begun = {}
        self.kind = kind

    def draft(self, begun):
        """Answer what a study of this kind asks of a case."""
        if self.kind == TaskKind.RANK:
            with read_session() as session:
                sides = shown_outputs(session.get_one(Assignment, begun))
            return {"ranking": [[side] for side in sides]}
        return {"preference": "left"} if self.kind == TaskKind.PAIR else {}

    def ask(self, person):
        self.begun[person] = next_task_id(study_id=self.study_id, annotator_id=self.ids[person])
        return self.begun[person]

    def hold(self, person, *, seconds=0):
        begun = self.begun.get(person)
        return hold_next(
            study_id=self.study_id,
            annotator_id=self.ids[person],
            on_screen=None if begun is None else OnScreen(begun, opened(begun).token, seconds),
        )

    def release(self, person, held):
        return release(assignment_id=held, annotator_id=self.ids[person], token=opened(held).token)

    def submit(self, person):
        begun = self.begun.pop(person)
        commands.submit(
            assignment_id=begun,
            annotator_id=self.ids[person],
            opening=opened(begun),
            draft=self.draft(begun),
            active_seconds=0,
            submission_key=f"submission-{begun}",
        )
        return begun

    def skip(self, person):
        begun = self.begun.pop(person)
        commands.skip(
            assignment_id=begun,
            annotator_id=self.ids[person],
            opening=opened(begun),
            reason="other",
        )
        return begun

    def withdraw(self, person, assignment_id):
        commands.withdraw(
            assignment_id=assignment_id,
            annotator_id=self.ids[person],
            opening=opened(assignment_id),
        )

    def take_back(self, person, assignment_id):
        commands.take_back(
            assignment_id=assignment_id,
            annotator_id=self.ids[person],
            opening=opened(assignment_id),
        )

    def let_lapse(self, person):
        self.let_reservation_lapse(self.begun.pop(person))

    def let_reservation_lapse(self, assignment_id):
        with write_session() as session:
            assignment = session.get_one(Assignment, assignment_id)
            assignment.reserved_until = now() - timedelta(seconds=1)
            session.add(assignment)

    def assignments(self):
        with read_session() as session:
            return session.exec(select(Assignment).order_by(Assignment.id)).all()

    def assignment(self, assignment_id):
        with read_session() as session:
            return session.get_one(Assignment, assignment_id)

    def counts(self):
        with read_session() as session:
            return repair._counts(session, self.study_id)

    def counted_anew(self):
        with write_session() as session:
            outdate_units(session, self.study_id)
            session.expire_all()
            count_units(session, session.get_one(Study, self.study_id))
        return self.counts()


#: How many models a study of a kind needs.
_FEWEST = {TaskKind.SINGLE: 1, TaskKind.PAIR: 2, TaskKind.RANK: 3}


def _of_kind(kind, *, pairs_per_case):
    """Say what a study of a kind shows of each case, for pairs alone."""
    return {"kind": kind} | ({"pairs_per_case": pairs_per_case} if kind == TaskKind.PAIR else {})


@pytest.mark.parametrize("kind", TaskKind)
@pytest.mark.parametrize(
    ("database", "seed"),
    # Three seeds have every shape of a study, and what is done in each is another.
    [("sqlite", seed) for seed in range(3)] + [("postgres", seed) for seed in range(3, 6)],
    indirect=["database"],
)
def test_what_is_kept_count_of_is_what_counting_anew_gives_whatever_people_do(database, seed, kind):
    draw = random.Random(seed)
    people = People(
        n_people=4,
        n_models=_FEWEST[kind] + seed % 3,
        n_cases=draw.randint(2, 5) + (3 if kind == TaskKind.RANK else 0),
        overlap=draw.randint(1, 3),
        **_of_kind(kind, pairs_per_case=1 if seed % 3 == 0 else 2),
        seed=seed,
    )
    skipped = []
    for _ in range(40):
        person = draw.randrange(4)
        if person not in people.begun:
            if people.ask(person) is None:
                people.begun.pop(person)
                if skipped and draw.random() < 0.5:
                    people.take_back(*skipped.pop())
            continue
        acts = ("submit", "undo", "skip", "lapse", "draft", "hold", "release", "lapse held")
        act = draw.choices(acts, (5, 2, 1, 1, 1, 3, 1, 1))[0]
        if act in acts[5:]:
            held = people.hold(person)
            if held is not None and act == "release":
                people.release(person, held)
            elif held is not None and act == "lapse held":
                people.let_reservation_lapse(held)
        elif act == "submit":
            people.submit(person)
        elif act == "undo":
            people.withdraw(person, people.submit(person))
        elif act == "skip":
            skipped.append((person, people.skip(person)))
        elif act == "lapse":
            people.let_lapse(person)
        else:
            commands.save_draft(
                assignment_id=people.begun[person],
                annotator_id=people.ids[person],
                opening=opened(people.begun[person]),
                draft=people.draft(people.begun[person]),
                active_seconds=1,
            )
    people.ask(0)  # which gives back what was reserved too long

    assert len(people.assignments()) > 3
    assert people.counts() == people.counted_anew()
    assert repair.miscounted_studies() == []
    _agrees_with_the_assignments(people)


def _agrees_with_the_assignments(people):
    """Count the units from the assignments in plain Python, as another hand would."""
    live = Counter()
    for row in people.assignments():
        reserved = row.reserved_until is not None and row.state in ("open", "draft")
        if row.state == AssignmentState.SUBMITTED or reserved:
            live[row.case_id, _shown(row)] += 1
    with read_session() as session:
        for unit in session.exec(select(Unit)):
            more = unit.more_output_ids or ()
            outputs = frozenset((unit.first_output_id, unit.second_output_id, *more))
            assert unit.n_live == live.pop((unit.case_id, outputs), 0)
    assert not live


def _shown(row):
    return frozenset(shown_outputs(row).values())


@pytest.mark.parametrize("kind", TaskKind)
@pytest.mark.parametrize(("seed", "holds"), [(seed, seed % 2 == 1) for seed in range(8)])
def test_every_unit_gets_its_overlap_of_different_annotators_and_nobody_the_same_twice(
    sqlite_database, seed, holds, kind
):
    draw = random.Random(seed)
    overlap, n_people = draw.randint(1, 3), draw.randint(1, 5)
    people = People(
        n_people=n_people,
        n_models=draw.randint(2, 5) - 2 + _FEWEST[kind],
        n_cases=draw.randint(1, 6),
        overlap=overlap,
        **_of_kind(kind, pairs_per_case=1),
        seed=seed,
    )
    asking = list(range(n_people))
    while asking:
        person = draw.choice(asking)
        if people.ask(person) is None:
            asking.remove(person)
        else:
            held = people.hold(person) if holds else None
            people.submit(person)
            assert held is None or people.ask(person) == held

    seen = [(row.annotator_id, row.case_id, _shown(row)) for row in people.assignments()]
    n_together = min(len(people.models), 5) if kind == TaskKind.RANK else _FEWEST[kind]
    assert {len(outputs) for *_, outputs in seen} == {n_together}
    units, pairs, _ = people.counts().values()
    assert len(set(seen)) == len(seen)
    assert {n_live for n_live, _, _ in units.values()} == {min(overlap, n_people)}
    # Nobody judges a unit twice, so with fewer people than places some stay empty.
    n_left = max(overlap - n_people, 0) * len(units)
    assert sum(n_missing for *_, n_missing in pairs.values()) == n_left


def test_while_people_work_no_pair_of_models_falls_behind_and_no_side_leads(sqlite_database):
    people = People(n_people=3, n_models=4, n_cases=18, overlap=2, pairs_per_case=1, seed=5)
    draw = random.Random(5)
    for _ in range(24):
        person = draw.randrange(3)
        people.ask(person)
        people.submit(person)

        pairs = people.counts()["pairs of models"]
        lives = [n_live for n_live, *_ in pairs.values()]
        # 18 cases over 6 pairs: three units of two places each. A unit that was begun comes
        # first, so that a pair is ahead by no more than the two places of one and one of another.
        assert max(lives) - min(lives) <= 3
        assert all(abs(lead) <= 2 for _, lead, _, _ in pairs.values())


def test_while_people_work_on_single_responses_no_model_falls_behind(sqlite_database):
    people = People(n_people=3, n_models=4, n_cases=24, overlap=2, kind=TaskKind.SINGLE, seed=5)
    draw = random.Random(5)
    for _ in range(48):
        person = draw.randrange(3)
        people.ask(person)
        people.submit(person)

        models = people.counts()["pairs of models"].values()
        lives = [n_live for n_live, *_ in models]
        # As above: one response that was begun by another comes first, two places of each model.
        assert max(lives) - min(lives) <= 3
        assert all(lead == 0 for _, lead, *_ in models)


def test_responses_of_one_case_come_to_somebody_after_those_of_others(sqlite_database):
    people = People(n_people=1, n_models=3, n_cases=4, kind=TaskKind.SINGLE, seed=2)
    for _ in range(12):
        people.ask(0)
        people.submit(0)

    cases = [row.case_id for row in people.assignments()]

    assert len(set(cases[:4])) == 4
    assert Counter(cases) == dict.fromkeys(cases, 3)
    assert people.ask(0) is None


@pytest.mark.parametrize("kind", TaskKind)
def test_what_was_judged_in_the_other_way_takes_no_place_and_hides_nothing(database, kind):
    people = People(n_people=1, n_models=max(2, _FEWEST[kind]), n_cases=1, kind=kind, overlap=1)
    with write_session() as session:
        first, second, *_ = session.exec(select(Output.id).order_by(Output.id)).all()
        case_id = session.exec(select(Output.case_id).distinct()).one()
        right = second if kind == TaskKind.SINGLE else None
        session.add(
            Assignment(
                study_id=people.study_id,
                annotator_id=people.ids[0],
                case_id=case_id,
                left_output_id=first,
                right_output_id=right,
                presentation="as a file says",
                state=AssignmentState.SUBMITTED,
            )
        )

    units = people.counted_anew()["units"].values()
    assert {n_live for n_live, *_ in units} == {0}
    for _ in units:
        assert people.ask(0) is not None
        people.submit(0)
    assert people.ask(0) is None
    assert repair.miscounted_studies() == []


def test_a_unit_that_was_begun_is_finished_before_a_fresh_one_is_shown(sqlite_database):
    people = People(n_people=2, n_cases=10, seed=3)
    people.ask(0)
    people.ask(1)

    first, second = people.assignments()

    assert first.case_id == second.case_id


def test_a_case_nobody_has_shown_them_comes_before_another_pair_of_one_they_know(sqlite_database):
    people = People(n_people=1, n_models=4, n_cases=3, pairs_per_case=2, seed=5)
    for _ in range(6):
        people.ask(0)
        people.submit(0)

    cases = [row.case_id for row in people.assignments()]

    assert len(set(cases[:3])) == 3
    assert Counter(cases) == dict.fromkeys(cases, 2)


def test_a_skipped_unit_is_free_for_others_and_never_comes_back(sqlite_database):
    people = People(n_people=2, n_cases=1, overlap=1)
    people.ask(0)
    assert people.ask(1) is None

    people.skip(0)

    assert people.ask(0) is None
    assert people.ask(1) is not None


@pytest.mark.parametrize("n_asked", [0, 3, 7])
def test_what_remains_is_what_can_still_be_given_out(sqlite_database, n_asked):
    people = People(n_people=4, n_models=3, n_cases=5, overlap=2, pairs_per_case=2, seed=1)
    for number in range(n_asked):
        people.ask(number % 3)
        people.submit(number % 3)

    with read_session() as session:
        progress = progresses.study_progress(session, people.study_id, annotator_id=people.ids[3])

    n_missing = 5 * 2 * 2 - n_asked
    n_people = 1 + min(n_asked, 3)  # those who were shown something, and the one who asks
    assert progress.n_left == min(10, -(-n_missing // n_people))
    assert progress.n_done == 0


@pytest.mark.parametrize(("n", "last"), [(0, {2}), (1, {0, 1})])
def test_far_more_known_cases_than_are_looked_at_never_hide_what_is_left(
    sqlite_database, monkeypatch, n, last
):
    # So many units are looked at on either side of the start, first for a case that is not known,
    # then for a pair that is not; only where both have nothing, as where they look at none, all
    # units are looked at.
    looked = []

    class Counted:
        def __init__(self, place, is_known, n):
            self.place, self.search = place, next_unit._search(is_known, n)

        def all(self, session, asked):
            rows = self.search.all(session, asked)
            looked.append((self.place, len(rows)))
            return rows

    searches = (
        (next_unit._is_case_known, n),
        (next_unit._is_known, n),
        (next_unit._is_known, None),
    )
    counted = tuple(Counted(place, *search) for place, search in enumerate(searches))
    monkeypatch.setattr(next_unit, "_SEARCHES", counted)
    people = People(n_people=1, n_models=3, n_cases=9, overlap=2, pairs_per_case=2, seed=2)

    told = set()
    for _ in range(18):
        looked.clear()
        assert people.ask(0) is not None
        people.submit(0)
        # The searches are asked in their order, and none after the one that has something.
        assert [place for place, _ in looked] == sorted(place for place, _ in looked)
        assert [n_rows > 0 for _, n_rows in looked].index(True) == len(looked) - 1
        assert all(n_rows <= 2 * n for place, n_rows in looked if place < 2)
        told.add(looked[-1][0])
    assert told == last

    assert people.ask(0) is None


def test_work_on_a_study_whose_counts_are_outdated_is_stored_and_counted_later(database):
    people = People(n_people=2, n_cases=3)
    people.ask(0)
    with write_session() as session:
        outdate_units(session, people.study_id)

    people.submit(0)
    with read_session() as session:
        progress = progresses.study_progress(session, people.study_id, annotator_id=people.ids[0])
    assert (progress.n_done, progress.n_begun) == (1, 0)

    people.ask(1)
    assert people.counts() == people.counted_anew()


def test_counts_that_are_wrong_are_found_said_and_mended(database):
    people = People(n_people=2, n_cases=3)
    people.ask(0)
    people.submit(0)
    right = people.counts()
    with write_session() as session:
        unit = session.exec(select(Unit).where(Unit.n_live == 1)).one()
        unit.n_live = 2
        work = session.exec(select(WorkCount)).one()
        work.n_submitted = 7
        session.add_all([unit, work])

    said = [
        "1 units of the study “Counted” are counted wrong",
        "1 people of the study “Counted” are counted wrong",
    ]

    assert repair.miscounted_studies() == said
    assert people.counts() != right  # a check changes nothing
    assert repair.repair_counts() == said
    assert people.counts() == right
    assert repair.miscounted_studies() == []


def test_a_place_that_nobody_came_for_and_nobody_took_is_not_counted_wrong(database):
    people = People(n_people=2, n_cases=3)
    people.ask(0)
    people.let_lapse(0)

    assert repair.miscounted_studies() == []

    people.ask(1)  # which gives the place back
    assert repair.miscounted_studies() == []
    assert people.counts() == people.counted_anew()


# What is held


def test_what_is_held_is_not_shown_yet_and_comes_next(database):
    people = People(n_people=1, n_cases=3)
    begun = people.ask(0)

    held = people.hold(0)
    assert held not in (None, begun)
    assert people.assignment(held).is_held
    assert people.hold(0) == held
    assert people.ask(0) == begun

    people.submit(0)
    assert people.ask(0) == held
    assert people.assignment(held).shown_at is not None
    assert people.counts() == people.counted_anew()


def test_nobody_holds_more_than_one_case_and_the_last_of_a_study_has_none_after_it(database):
    people = People(n_people=1, n_cases=2)
    people.ask(0)
    people.hold(0)
    people.submit(0)
    people.ask(0)

    assert people.hold(0) is None
    assert len(people.assignments()) == 2


def test_what_is_held_is_kept_from_others_for_a_short_time_only(database):
    people = People(n_people=2, n_cases=2, overlap=1)
    people.ask(0)
    held = people.hold(0)
    assert people.ask(1) is None

    people.let_reservation_lapse(held)
    taken = people.ask(1)

    assert people.assignment(taken).case_id == people.assignment(held).case_id
    people.submit(0)
    assert people.ask(0) is None


def test_what_is_given_back_goes_to_others_or_comes_back(database):
    people = People(n_people=2, n_cases=2, overlap=1)
    begun = people.ask(0)
    held = people.hold(0)

    assert people.release(0, held)
    assert not people.release(0, held)
    assert not people.release(0, begun)
    assert people.assignment(begun).reserved_until is not None
    assert people.counts() == people.counted_anew()

    assert people.hold(0) == held
    people.release(0, held)
    people.submit(0)
    assert people.ask(0) == held


def test_a_case_that_is_on_the_screen_was_shown_when_the_screen_says(database):
    people = People(n_people=1, n_cases=3)
    people.ask(0)
    held = people.hold(0)
    with write_session() as session:
        assignment = session.get_one(Assignment, held)
        assignment.created_at -= timedelta(minutes=5)
        session.add(assignment)
    people.submit(0)
    people.begun[0] = held

    people.hold(0, seconds=40)

    shown = people.assignment(held)
    assert 39 < (now() - shown.shown_at).total_seconds() < 100
    assert shown.reserved_until > now() + HOLD


def test_the_time_spent_on_a_case_counts_though_its_screen_never_said_that_it_shows_it(database):
    people = People(n_people=1, n_cases=2)
    people.ask(0)
    held = people.hold(0)
    with write_session() as session:
        assignment = session.get_one(Assignment, held)
        assignment.created_at -= timedelta(minutes=5)
        session.add(assignment)

    commands.submit(
        assignment_id=held,
        annotator_id=people.ids[0],
        opening=opened(held),
        draft={"preference": "left"},
        active_seconds=70,
        submission_key="submission-held",
    )

    assert people.assignment(held).active_seconds == 70
    assert people.counts() == people.counted_anew()


def test_a_held_case_is_not_beside_those_that_were_shown(database):
    people = People(n_people=1, n_cases=2)
    begun = people.ask(0)
    held = people.hold(0)

    with read_session() as session:
        around = beside(session, begun, annotator_id=people.ids[0])
        assert around.following is None
        assert beside(session, held, annotator_id=people.ids[0]).previous == begun


def test_nobody_shows_holds_or_gives_back_for_another(database):
    people = People(n_people=2, n_cases=4)
    begun = people.ask(0)
    held = people.hold(0)
    token = opened(held).token

    assert hold_next(
        study_id=people.study_id,
        annotator_id=people.ids[1],
        on_screen=OnScreen(held, token, 0),
    ) not in (begun, held)
    assert people.assignment(held).is_held
    with pytest.raises(NotFoundError):
        release(assignment_id=held, annotator_id=people.ids[1], token=token)
    assert not release(assignment_id=held, annotator_id=people.ids[0], token="of another time")


def test_in_a_closed_study_nothing_is_held(database):
    people = People(n_people=1, n_cases=3)
    people.ask(0)
    set_study_open(people.study_id, is_open=False)

    assert people.hold(0) is None
