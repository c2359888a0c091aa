"""What is made of a case on which a judge and people differ: an example, a note, a decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from db.commands.lessons import add_few_shot, adjudicate, clarify, remove_few_shot
from db.queries.few_shot import FewShotRow
from db.queries.lessons import DecidedCase, StudyLessons
from db.queries.responses.side_by_side import SideBySide
from evalkit.phrases import counted
from evalkit.reports.differences.report import Differences
from evalkit.reports.differences.sentences import answer_in_words, decision_in_words
from evalkit.stats.counts import PREFERENCE_VALUES, value_name
from evalkit.study.collected import Collected, Criterion
from evalkit.study.subjects import PREFERRED
from evalkit.vocabulary import Preference
from pages.shared.display import exhibits

_PREFERENCES = dict(zip(PREFERENCE_VALUES, Preference, strict=True))
_MESSAGE = "lesson-message"
#: Older ones are in the audit log.
_MOST_DECISIONS = 3
_INTO_RUBRIC = "The rubric’s editor under Rubrics offers each, to be added to its next version."
_INTO_GUIDELINES = (
    "This study has no rubric: put them into the guidelines of the next one. A study that is "
    "judged keeps the words it was judged by."
)


def stored(message: str) -> None:
    """Run the page again, which then says what was stored."""
    st.session_state[_MESSAGE] = message
    st.rerun()


def show_decisions(
    of: Differences, collected: Collected, place: int, decided: Sequence[DecidedCase]
) -> None:
    """Say what was stored before the page ran again, and what was decided of the case."""
    if message := st.session_state.pop(_MESSAGE, None):
        st.success(message)
    for each in decided[:_MOST_DECISIONS]:
        answer = _in_words(of, collected, place, each.answer)
        exhibits.say(decision_in_words(each.by, answer, each.words), style="lead")


def _in_words(of: Differences, collected: Collected, place: int, answer: Preference | float) -> str:
    if _is_continuous(of) and not isinstance(answer, Preference):
        return value_name(answer)
    return answer_in_words(collected, of, place, _value(of, answer))


def _is_continuous(of: Differences) -> bool:
    return isinstance(of.subject, Criterion) and of.subject.is_continuous


def _value(of: Differences, answer: Preference | float) -> int:
    """Return the place of an answer among the values."""
    if isinstance(answer, Preference):
        return [_PREFERENCES[str(value)] for value in of.values].index(answer)
    values = of.values if isinstance(of.subject, Criterion) else (0.0, 1.0)
    return [float(value) for value in values].index(answer)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is to be stored, and what is said once it is; ``store`` may refuse."""

    write: Callable[..., None]
    arguments: tuple[object, ...]
    message: str
    is_of_judge: bool = False

    def store(
        self, study_id: int, of: Differences, output_ids: Sequence[int], *, actor_id: int
    ) -> None:
        """Store it of a case of a study."""
        who = (of.judge_name,) if self.is_of_judge else ()
        where = (study_id, *who, of.subject, output_ids)
        self.write(*where, *self.arguments, actor_id=actor_id)


def ask(
    of: Differences,
    collected: Collected,
    place: int,
    read: SideBySide | None,
    so_far: StudyLessons,
    *,
    is_askable: bool,
) -> Lesson | None:
    """Offer what can be made of a case; give what was asked for.

    ``is_askable`` says whether the judge was asked from here, so that its prompt is known.
    """
    if read is None:
        return None
    st.header("What follows from it", divider=False)
    key = "-".join(str(response.output_id) for response in read.responses)
    first, second, third = st.columns(3)
    with first:
        reason = few_shot_form(of, place, read, key, is_askable=is_askable)
    with second:
        note = clarification_form(key)
    with third:
        decision = adjudication_form(of, collected, place, key)
    removed = few_shot_to_remove(so_far.few_shot)
    show_notes(so_far)
    if reason is not None:
        return Lesson(add_few_shot, (reason,), "It is a few-shot case now.", is_of_judge=True)
    if note is not None:
        return Lesson(clarify, (note,), "It is kept for the next version of the rubric.")
    if decision is not None:
        return Lesson(adjudicate, decision, "Your answer is stored beside those of people.")
    if removed is not None:
        return Lesson(_remove, (removed,), "New judges are not shown it any more.")
    return None


def _remove(*where: object, actor_id: int) -> None:
    """Remove a few-shot case, of whatever case is open."""
    remove_few_shot(int(str(where[-1])), actor_id=actor_id)


def few_shot_form(
    of: Differences, place: int, read: SideBySide, key: str, *, is_askable: bool
) -> str | None:
    """Ask why the right answer is right; give it once it is to be shown to new judges."""
    is_possible = is_askable and bool(of.is_train[place])
    with st.form(f"few-shot-{key}", border=True):
        st.markdown("**A few-shot case**")
        exhibits.say(
            "New judges with --few-shot are shown it, answered as people do. That makes another "
            "judge."
        )
        comments = [each.comment for each in read.answers if each.comment and not each.is_judge]
        words = st.text_area(
            "Why people are right",
            value="" if not comments else comments[0],
            key=f"few-shot-words-{key}",
            disabled=not is_possible,
        )
        if not is_askable:
            exhibits.say(
                f"{of.judge_name} was not asked from here, so its prompt is not here either. "
                "Choose a judge that the page Judge or the command judge has asked."
            )
        elif not is_possible:
            exhibits.say(
                "This case is of the dev split. A judge may be shown cases of the train split only."
            )
        is_asked = st.form_submit_button("Show it to judges", disabled=not is_possible)
    return words if is_asked else None


def clarification_form(key: str) -> str | None:
    """Ask what the rubric should say; give it once it is to be kept."""
    with st.form(f"clarify-{key}", border=True):
        st.markdown("**A gap in the rubric**")
        exhibits.say("It is kept with the case, and offered where the rubric is written.")
        words = st.text_area("What the rubric should say", key=f"clarify-words-{key}")
        is_asked = st.form_submit_button("Keep for the rubric")
    return words if is_asked else None


def adjudication_form(
    of: Differences, collected: Collected, place: int, key: str
) -> tuple[Preference | float, str] | None:
    """Ask for the right answer and why; give both once it is to be stored."""
    with st.form(f"adjudicate-{key}", border=True):
        st.markdown("**An error of the people**")
        exhibits.say("Your answer stands beside theirs, and exports can take it for theirs.")
        answer = _right_answer(of, collected, place, f"adjudicate-answer-{key}")
        words = st.text_input("Why people are wrong", key=f"adjudicate-words-{key}")
        is_asked = st.form_submit_button("Adjudicate")
    return (answer, words) if is_asked else None


def _right_answer(
    of: Differences, collected: Collected, place: int, key: str
) -> Preference | float:
    """Ask what is right, beginning with what the judge says."""
    verdict = int(of.verdict[place])
    if _is_continuous(of) and isinstance(of.subject, Criterion):
        low, high = map(float, (min(of.subject.values), max(of.subject.values)))
        begin = float(of.values[verdict])
        return st.number_input("What is right", low, high, begin, format="%g", key=key)
    options = list(range(len(of.values)))
    value = st.selectbox(
        "What is right",
        options,
        index=options.index(verdict),
        format_func=lambda each: answer_in_words(collected, of, place, each),
        key=key,
    )
    return _answer(of, int(value))


def _answer(of: Differences, value: int) -> Preference | float:
    if of.subject == PREFERRED:
        return _PREFERENCES[str(of.values[value])]
    return float(of.values[value]) if isinstance(of.subject, Criterion) else float(value)


def few_shot_to_remove(rows: Sequence[FewShotRow]) -> int | None:
    """Fold the few-shot cases of a study; give the one that is to be shown no more."""
    if not rows:
        return None
    with st.expander(counted(len(rows), "few-shot case")):
        for row in rows:
            words, button = st.columns([5, 1], vertical_alignment="center")
            with words:
                exhibits.say(f"{row.case} ({row.task}): {row.rationale}")
            if button.button("Remove", key=f"few-shot-remove-{row.few_shot_id}"):
                return row.few_shot_id
    return None


def show_notes(so_far: StudyLessons) -> None:
    """Fold what was kept of cases of the study, and say where it is put into words."""
    if not so_far.notes:
        return
    with st.expander(counted(len(so_far.notes), "clarification")):
        for note in so_far.notes:
            on = f", {note.criterion.replace('_', ' ')}" if note.criterion else ""
            exhibits.say(f"{note.case}{on}: {note.words}")
        exhibits.say(_INTO_RUBRIC if so_far.has_rubric else _INTO_GUIDELINES)
