"""What annotators judge: the preference, a criterion, a checklist, whether there is an error."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evalkit import text
from evalkit.phrases import capital
from evalkit.stats.counts import BoolArray, Codings, tag_codings
from evalkit.study.by_criterion import on_criterion
from evalkit.study.checklists import codings_of_checks
from evalkit.study.collected import (
    NO_TAG,
    Collected,
    Criterion,
    Tag,
    codings_of_criterion,
    codings_of_preferences,
    names,
)
from evalkit.study.graded import GRADES, codings_of_grades
from evalkit.study.looks import Looks, first_looks
from evalkit.study.subject_keys import (
    ANY_ERROR_KEY,
    CHECKLISTS,
    PREFERENCE,
    STRENGTH,
    key_of_criterion,
    key_of_tag,
)
from evalkit.study.who import identified
from evalkit.vocabulary import Level

#: Stands for all tags together: whether anything at all was marked on a response.
ANY_ERROR = Tag(ANY_ERROR_KEY, "Any error")


@dataclass(frozen=True, slots=True)
class Preferred:
    """Which of two responses is better; ``values`` are the ends of the share that prefer one."""

    key: str = PREFERENCE
    level: Level = Level.NOMINAL
    values: tuple[float, ...] = (0.0, 1.0)
    criterion: Criterion | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was said of each item of a checklist: yes, no or not applicable, in no order."""

    key: str = CHECKLISTS
    level: Level = Level.NOMINAL


PREFERRED, CHECKED = Preferred(), Checked()
#: By how much one is better, where that was asked: agreement alone is on it.
GRADED = Preferred(STRENGTH, Level.ORDINAL, GRADES)


def better_on(criterion: Criterion) -> Preferred:
    """Return which of two responses is better on one criterion: agreement alone is on it."""
    return Preferred(f"{PREFERENCE}:{criterion.key}", criterion=criterion)


def is_for_agreement_alone(subject: "Subject") -> bool:
    """Say whether nothing but agreement is told of a subject: no page is about it."""
    return isinstance(subject, Preferred) and subject != PREFERRED


#: What has a scale, on which two models can be compared.
Scaled = Preferred | Criterion

#: A tag is whether it was marked by those who looked for errors.
Subject = Scaled | Checked | Tag


def subjects(collected: Collected) -> tuple[Subject, ...]:
    """Return what was judged: the preference, criteria, checklists, whether there is any error."""
    scored = np.unique(collected.values.criterion).tolist()
    return (
        *((PREFERRED,) if len(collected.preferences.n) else ()),
        *(collected.criteria[place] for place in scored),
        *((CHECKED,) if len(collected.checks.value) else ()),
        *((ANY_ERROR,) if len(collected.marks.output) else ()),
    )


def subject_key(subject: Subject) -> str:
    """Return what documents and addresses call it, different for all that can be judged.

    A criterion may be called like a tag, or like what is no criterion: ``preference (score)``.
    """
    if isinstance(subject, Preferred | Checked):
        return subject.key
    if isinstance(subject, Tag):
        return subject.key if subject == ANY_ERROR else key_of_tag(subject.key)
    return key_of_criterion(subject.key)


def subject_title(subject: Subject) -> str:
    """Return its name as a heading."""
    if isinstance(subject, Tag):
        return subject.name
    if isinstance(subject, Preferred) and subject.criterion is not None:
        return f"Better on {subject.criterion.key.replace('_', ' ')}"
    return capital(subject_key(subject).replace("_", " "))


def subject_inside(subject: Subject) -> str:
    """Return its name as it stands inside a sentence; names of others stay as they are."""
    if isinstance(subject, Tag):
        return text.inside(subject.name)
    if isinstance(subject, Preferred) and subject.criterion is not None:
        return f"which is better on {subject.criterion.key.replace('_', ' ')}"
    return subject_key(subject).replace("_", " ")


def subject_asked(subject: Subject) -> str:
    """Return what annotators agree on, or do not, as it stands inside a sentence."""
    if subject == GRADED:
        return "by how much a response is better"
    return "which response is better" if subject == PREFERRED else subject_inside(subject)


def codings_of(collected: Collected, subject: Subject, *, every: bool = False) -> Codings:
    """Return who gave which value to what, in the order in which they did.

    Of what one annotator judged twice the latest, or with ``every`` all; a tag is on a response
    if they marked it at any look.
    """
    if subject == GRADED:
        return codings_of_grades(collected, every=every)
    if isinstance(subject, Preferred) and subject.criterion is not None:
        return codings_of_preferences(on_criterion(collected, subject.criterion), every=every)
    if isinstance(subject, Preferred):
        return codings_of_preferences(collected, every=every)
    if isinstance(subject, Criterion):
        place = collected.criteria.index(subject)
        return codings_of_criterion(collected, place, every=every)
    if isinstance(subject, Checked):
        return codings_of_checks(
            collected.checks,
            case=collected.outputs.case,
            annotators=names(collected),
            every=every,
        )
    return _codings(collected, _found(collected, (subject,))[0])


def marked(collected: Collected) -> Iterator[tuple[Tag, Codings]]:
    """Give whether any error was marked, then each tag that was, the most marked first."""
    tags = (ANY_ERROR, *collected.tags)
    looks = zip(tags, _found(collected, tags), strict=True)
    tagged = [(tag, looked) for tag, looked in looks if looked.hit.any()]
    for tag, looked in sorted(tagged, key=lambda pair: (pair[0] != ANY_ERROR, -pair[1].hit.sum())):
        yield tag, _codings(collected, looked)


def marked_where_two_looked(collected: Collected) -> tuple[Tag, ...]:
    """Return any error and the tags that were marked, if two looked at the same response.

    Who looks for errors looks for all of them, so all tags have the same looks.
    """
    collected = identified(collected)
    marks = collected.marks
    first, _ = first_looks(marks.output, marks.annotator)
    if np.bincount(marks.output[first], minlength=1).max() < 2:
        return ()
    return tuple(tag for tag, _ in marked(collected))


def _found(collected: Collected, tags: tuple[Tag, ...]) -> list[Looks]:
    """Return for each tag whether a response was given it, looks in the order of their time.

    While marks of a tag that was split wait to be coded anew, its parts are what it was: who coded
    theirs already did not contradict who did not. A look whose mark waits says nothing of a part.
    """
    marks = collected.marks
    first, place = first_looks(marks.output, marks.annotator)
    order = np.argsort(first, kind="stable")
    output, annotator = marks.output[first][order], marks.annotator[first][order]
    waiting = [(whole, parts) for whole, parts in collected.divided if (marks.tag == whole).any()]

    def hit(is_of: BoolArray) -> BoolArray:
        is_hit = np.zeros(len(first), dtype=np.bool_)
        is_hit[place[is_of]] = True
        return is_hit[order]

    def looked(tag: Tag) -> Looks:
        if tag == ANY_ERROR:
            return Looks(output, annotator, hit(marks.tag != NO_TAG))
        own = collected.tags.index(tag)
        if not waiting:
            return Looks(output, annotator, hit(marks.tag == own))
        same = [own, *(part for whole, parts in waiting if whole == own for part in parts)]
        wholes = [whole for whole, parts in waiting if own in parts]
        tells = ~hit(np.isin(marks.tag, wholes))
        return Looks(output[tells], annotator[tells], hit(np.isin(marks.tag, same))[tells])

    return [looked(tag) for tag in tags]


def _codings(collected: Collected, looked: Looks) -> Codings:
    return tag_codings(
        unit=looked.output,
        case=collected.outputs.case[looked.output],
        annotator=looked.annotator,
        is_marked=looked.hit,
        annotators=names(collected),
    )
