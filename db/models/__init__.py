"""The tables: everything is a row with a version, and nothing is overwritten."""

from db.columns import count_on
from db.models.acceptances import AcceptedVerdict, CertificationLook, VerdictAcceptance
from db.models.anchors import AnchorAnswer, AnchorCheck, AnchorRequest, JudgeAnchor
from db.models.annotations import (
    Annotation,
    Assignment,
    CheckAnswer,
    CriterionPreference,
    ErrorMark,
    Question,
    RankedOutput,
    Score,
)
from db.models.askings import AskedCase, AskedVerdict, Asking, Judging
from db.models.checks import AssertionDecision, AutomatedCheck, CheckFinding, CheckRevision
from db.models.eval_sets import (
    Case,
    CaseEvent,
    EvalSet,
    EvalSetVersion,
    Model,
    Output,
    Run,
    TrafficShare,
    VersionCase,
)
from db.models.failures import KnownFailure, KnownFailureCase, KnownFailureEvent
from db.models.gold import GoldAnswer
from db.models.images import Image, NamedImage
from db.models.judges import JudgeAdmission, JudgeBar, JudgeOpening
from db.models.leaderboards import PublicScore
from db.models.lessons import Adjudication, Clarification, FewShotCase
from db.models.mappings import KeptMapping
from db.models.note_codes import CodedNote
from db.models.open_codings import OpenCoding, OpenCodingResponse, OpenNote
from db.models.people import (
    Annotator,
    AuditEvent,
    GroupMember,
    Invitation,
    Setting,
    SignInFailure,
)
from db.models.studies import (
    AgreementTold,
    Criterion,
    DefinitionDraft,
    InstructionsRead,
    ResultsState,
    Rubric,
    Study,
    StudyCase,
    StudyGroup,
    StudyPerson,
    StudyRun,
    Tag,
    Taxonomy,
)
from db.models.taxonomies import RecodedMark, TaxonomyEvent
from db.models.work import Unit, UnitPair, WorkCount

__all__ = [
    "AcceptedVerdict",
    "Adjudication",
    "AgreementTold",
    "AnchorAnswer",
    "AnchorCheck",
    "AnchorRequest",
    "Annotation",
    "Annotator",
    "AskedCase",
    "AskedVerdict",
    "Asking",
    "AssertionDecision",
    "Assignment",
    "AuditEvent",
    "AutomatedCheck",
    "Case",
    "CaseEvent",
    "CertificationLook",
    "CheckAnswer",
    "CheckFinding",
    "CheckRevision",
    "Clarification",
    "CodedNote",
    "Criterion",
    "CriterionPreference",
    "DefinitionDraft",
    "ErrorMark",
    "EvalSet",
    "EvalSetVersion",
    "FewShotCase",
    "GoldAnswer",
    "GroupMember",
    "Image",
    "InstructionsRead",
    "Invitation",
    "JudgeAdmission",
    "JudgeAnchor",
    "JudgeBar",
    "JudgeOpening",
    "Judging",
    "KeptMapping",
    "KnownFailure",
    "KnownFailureCase",
    "KnownFailureEvent",
    "Model",
    "NamedImage",
    "OpenCoding",
    "OpenCodingResponse",
    "OpenNote",
    "Output",
    "PublicScore",
    "Question",
    "RankedOutput",
    "RecodedMark",
    "ResultsState",
    "Rubric",
    "Run",
    "Score",
    "Setting",
    "SignInFailure",
    "Study",
    "StudyCase",
    "StudyGroup",
    "StudyPerson",
    "StudyRun",
    "Tag",
    "Taxonomy",
    "TaxonomyEvent",
    "TrafficShare",
    "Unit",
    "UnitPair",
    "VerdictAcceptance",
    "VersionCase",
    "WorkCount",
]

count_on()
