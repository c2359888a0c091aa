"""A study as export formats read it: its records, its cases, and the pairs agreed on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from db.models import Assignment, Model, Output, Run, Study, StudyRun, VersionCase
from db.queries.annotation.leaks import known_names
from db.queries.judgings import asked_of, question_of
from db.queries.lessons import adjudicated_values
from db.queries.records.annotated import study_annotators
from db.queries.records.export import ExportedStudy, study_records
from db.queries.records.guard import LeakGuard
from db.queries.records.labels import study_labels
from db.queries.records.preferences import Withheld, training_pairs, withheld
from db.queries.records.rows import batched, case_rows, criterion_records, output_rows
from db.queries.results import ResultFilters, collect, result_study
from evalkit.errors import RefusedError
from evalkit.formats.material import (
    AgreedPair,
    ExportOptions,
    JudgedCase,
    Label,
    Pass,
    Passes,
    Side,
)
from evalkit.judging.identity import JudgeIdentity
from evalkit.judging.split import split_of
from evalkit.phrases import quoted
from evalkit.records.names import DEFAULT_RUN
from evalkit.study.collected import Collected, Criterion
from evalkit.study.passing import PassRule, default_level, default_measure, measures, passing
from evalkit.study.subjects import subject_key
from evalkit.vocabulary import (
    AnnotatorKind,
    AnswerForm,
    Api,
    ConsensusRule,
    JudgeTask,
    Preference,
)

#: So many cases are in memory at once, with all their responses and labels.
_CASES = 200
_ANSWERS = tuple(Preference)


class StudySource:
    """Reads a study for an export; see `evalkit.formats.material.Source`."""

    def __init__(self, session: Session, exported: ExportedStudy, options: ExportOptions) -> None:
        self.study = exported.name
        self.options = options
        self.n_rows = 0
        self.left_out: dict[str, int] = {}
        self.n_adjudicated = 0
        self._session = session
        self._exported = exported
        self._result = result_study(session, name=exported.name)
        self._withheld: Withheld | None = None
        self._guard = LeakGuard(session, options.against) if options.against else None
        self._near: dict[int, JudgedCase] = {}
        self._ids: list[int] = []

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield everything, in the record format."""
        return study_records(
            self._session, self._exported, include_superseded=self.options.include_superseded
        )

    def labels(self, *, by_case: bool = False) -> Iterator[Label]:
        """Yield every label, superseded ones too."""
        return study_labels(self._session, study_id=self._exported.id, by_case=by_case)

    def annotators(self) -> list[tuple[str, str]]:
        """Return kind and name of whoever judged."""
        return study_annotators(self._session, study_id=self._exported.id)

    def cases(self) -> Iterator[JudgedCase]:
        """Yield the cases of the study's version, and others that were judged, in their order."""
        groups = groupby(
            (label for label in self.labels(by_case=True) if label.counts),
            key=lambda label: label.case_id,
        )
        judged_id, labels = next(groups, (None, iter(())))
        for ids in batched(self._case_ids(), _CASES):
            for case_id, judged in self._read(ids).items():
                if case_id != judged_id:
                    yield judged
                    continue
                yield _with_labels(judged, [label.record for label in labels])
                judged_id, labels = next(groups, (None, iter(())))

    def case_of(self, case_id: int) -> JudgedCase:
        """Return a case without its labels; those after it are read along with it."""
        if case_id not in self._near:
            self._ids = self._ids or self._case_ids()
            place = int(np.searchsorted(self._ids, case_id))
            self._near = self._read(self._ids[place : place + _CASES])
        return self._near[case_id]

    def pairs(self, *, ties: bool = False) -> Iterator[AgreedPair]:
        """Yield the pairs agreed on that may be trained on, in the order of cases."""
        pairs = training_pairs(self._session, self._result, self.options, self._out(), ties=ties)
        of = pairs.of
        self.n_adjudicated = int(of.is_adjudicated[pairs.places].sum())
        for at, place in enumerate(pairs.places.tolist()):
            ids = (int(pairs.case[at]), int(pairs.chosen[at]), int(pairs.rejected[at]))
            judged = self._trained_on(ids[0])
            outputs = {output["row_id"]: output for output in judged.outputs.values()}
            yield AgreedPair(
                judged.record,
                judged.content_hash,
                judged.split,
                outputs[ids[1]],
                outputs[ids[2]],
                _ANSWERS[int(of.answer[place])],
                int(of.n[place]),
                float(of.agreement[place]),
                float(of.confidence[place]),
                float(of.strength[place]),
                ids,
            )

    def refuse_overlaps(self) -> None:
        """Refuse what was written to train on where it overlaps with an eval set named."""
        if self._guard is not None:
            self._guard.refuse_if_any()

    def passes(self) -> Passes:
        """Return which responses pass: acceptable, or at a level of the criterion asked for."""
        people = collect(self._session, self._result, filters=ResultFilters())
        rule = self._pass_rule(people)
        judges = {
            annotator.name: collect(
                self._session,
                self._result,
                # Of the judge itself, admitted or not: people's labels are to correct it.
                filters=ResultFilters(annotator_ids=(annotator.annotator_id,), every_judge=True),
            )
            for annotator in self._result.annotators
            if annotator.kind == AnnotatorKind.JUDGE
        }
        if self.options.judges:
            people = collect(self._session, self._result, filters=ResultFilters(judges=True))
        level = "" if rule.level is None else f" from {rule.level:g}"
        return Passes(
            f"{rule.criterion or 'acceptable'}{level}",
            self._decided(_passes(people, rule), people, rule),
            {name: _passes(collected, rule) for name, collected in judges.items()},
        )

    def _decided(self, told: dict[int, Pass], people: Collected, rule: PassRule) -> dict[int, Pass]:
        """Return the same with what a lead decided of a score, where that is asked for."""
        of = next((each for each in people.criteria if each.key == rule.criterion), None)
        level = rule.level
        if self.options.rule is not ConsensusRule.ADJUDICATED or of is None or level is None:
            return told
        values = adjudicated_values(self._session, self._exported.id, subject_key(of))
        decided = {at: value >= level for at, value in values.items() if at in told}
        return {at: replace(each, decided=decided.get(at)) for at, each in told.items()}

    def responses(self, ids: Iterable[int]) -> Iterator[tuple[int, JudgedCase, dict[str, Any]]]:
        """Yield those of some responses that may be trained on, in the order of cases."""
        wanted = np.array(sorted(ids), dtype=np.int64)
        case_of = dict(
            self._session.execute(
                select(col(Output.id), col(Output.case_id))
                .join(StudyRun, col(StudyRun.run_id) == col(Output.run_id))
                .where(col(StudyRun.study_id) == self._exported.id)
            ).all()
        )
        case = np.array([case_of[each] for each in wanted.tolist()], dtype=np.int64)
        keep = self._out().keep(case, wanted)
        for case_id, output_id in sorted(
            zip(case[keep].tolist(), wanted[keep].tolist(), strict=True)
        ):
            judged = self._trained_on(case_id)
            outputs = {output["row_id"]: output for output in judged.outputs.values()}
            yield output_id, judged, outputs[output_id]

    def criteria(self) -> tuple[dict[str, Any], ...]:
        """Return the criteria of the study's rubric as records."""
        rubric_id = self._exported.rubric_id
        if rubric_id is None:
            return ()
        return tuple(criterion_records(self._session, rubric_id=rubric_id))

    def scored(self) -> Criterion | None:
        """Return the criterion asked for; else the preference, or the first where there is none."""
        collected = collect(self._session, self._result)
        if self.options.criterion is None and collected.asks_preference:
            return None
        criteria = {criterion.key: criterion for criterion in collected.criteria}
        return criteria[self._key(list(criteria))] if criteria else None

    def judge_messages(self, case: int, left: int, right: int) -> list[dict[str, Any]]:
        """Return what our judge is asked about two outputs, masked as for annotators."""
        study, nobody = self._asked
        of = asked_of(self._session, study, nobody, case_id=case, left=left, right=right)
        return [dict(message) for message in of.request.messages]

    @cached_property
    def _asked(self) -> tuple[Study, JudgeIdentity]:
        """Return the study as chats are made of it, and whom they ask: read once for all chats.

        The names that are masked come from all outputs there are, where the study has none stored.
        """
        study = self._session.get_one(Study, self._exported.id)
        self._session.expunge(study)  # what is put on it here is not to be stored
        study.names, study.are_units_current = sorted(known_names(self._session, study)), True
        asked = question_of(self._session, study, JudgeTask.PAIR)
        # Of a judge only what it is asked is needed: no model, and nowhere to ask it.
        return study, JudgeIdentity("", "", Api.CHAT, AnswerForm.WORDS, {}, asked)

    def _trained_on(self, case_id: int) -> JudgedCase:
        judged = self.case_of(case_id)
        if self._guard is not None:
            self._guard.look_at(judged)
        return judged

    def _pass_rule(self, collected: Collected) -> PassRule:
        if self.options.criterion is None:
            return default_measure([collected])
        criteria = {criterion.key: criterion for criterion in measures([collected])}
        key = self._key(list(criteria))
        return PassRule(key, default_level(criteria[key]))

    def _key(self, keys: list[str]) -> str:
        wanted = self.options.criterion
        if wanted is not None and wanted not in keys:
            raise RefusedError(
                f"Nobody scored {wanted!r} in {self.study!r} on a scale with an order. "
                + (f"There is: {quoted(keys)}." if keys else "There is no such criterion.")
            )
        return wanted or keys[0]

    def _out(self) -> Withheld:
        if self._withheld is None:
            self._withheld = withheld(self._session, self._result, self.options, self.left_out)
        return self._withheld

    def _case_ids(self) -> list[int]:
        """Return the cases of the version, and those that somebody judged or ran."""
        of_version = select(col(VersionCase.case_id)).where(
            col(VersionCase.version_id) == self._exported.version_id
        )
        judged = select(col(Assignment.case_id)).where(
            col(Assignment.study_id) == self._exported.id
        )
        return sorted({*self._session.scalars(of_version), *self._session.scalars(judged)})

    def _read(self, ids: Sequence[int]) -> dict[int, JudgedCase]:
        """Read cases with the responses of the study's runs, in the order of their ids."""
        names = {
            run_id: (model, run)
            for run_id, model, run in self._session.execute(
                select(col(Run.id), col(Model.name), col(Run.name))
                .join(Model, col(Run.model_id) == col(Model.id))
                .join(StudyRun, col(StudyRun.run_id) == col(Run.id))
                .where(col(StudyRun.study_id) == self._exported.id)
            )
        }
        outputs: dict[int, dict[Side, dict[str, Any]]] = {case_id: {} for case_id in ids}
        for case_id, row_id, record in output_rows(self._session, ids, names):
            side = (record["model"], record.get("run", DEFAULT_RUN))
            outputs[case_id][side] = {**record, "row_id": row_id}
        return {
            case_id: JudgedCase(record, content_hash, split_of(content_hash), outputs[case_id], ())
            for case_id, content_hash, record in case_rows(self._session, ids)
        }


def _with_labels(judged: JudgedCase, labels: list[dict[str, Any]]) -> JudgedCase:
    return JudgedCase(judged.record, judged.content_hash, judged.split, judged.outputs, labels)


def _passes(collected: Collected, rule: PassRule) -> dict[int, Pass]:
    return {
        output_id: Pass(votes.n_passed, votes.n_said)
        for output_id, votes in passing([collected], rule).items()
    }
