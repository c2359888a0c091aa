"""Whether what somebody asks for is still there, for routes that are up before any page."""

from sqlmodel import Session

from db.models import Study


def has_study(session: Session, study_id: int) -> bool:
    """Tell whether there is such a study, or still is."""
    return session.get(Study, study_id) is not None
