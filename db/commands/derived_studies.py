"""What a study that is made of another one takes over: its models, its people and its blinding."""

from sqlmodel import Session, col, select

from db.columns import number_of
from db.models import Study, StudyGroup, StudyPerson, StudyRun
from evalkit.vocabulary import LeakPolicy


def take_over(session: Session, source: Study, study: Study) -> None:
    """Let a study, flushed, compare what its source compares and be for whom its source is for."""
    study_id = number_of(study)
    runs = select(StudyRun.run_id).where(col(StudyRun.study_id) == source.id)
    people = select(StudyPerson.annotator_id).where(col(StudyPerson.study_id) == source.id)
    groups = select(StudyGroup.name).where(col(StudyGroup.study_id) == source.id)
    session.add_all(StudyRun(study_id=study_id, run_id=each) for each in session.exec(runs).all())
    session.add_all(
        StudyPerson(study_id=study_id, annotator_id=each) for each in session.exec(people).all()
    )
    session.add_all(StudyGroup(study_id=study_id, name=each) for each in session.exec(groups).all())


def blinding_of(source: Study) -> LeakPolicy:
    """Return what such a study does with responses that name their maker: never show them.

    That one study shows them was chosen for that one.
    """
    policy = LeakPolicy(source.leak_policy)
    return LeakPolicy.MASK if policy is LeakPolicy.SHOW else policy
