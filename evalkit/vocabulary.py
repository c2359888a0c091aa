"""The words of the field as enums: one word per idea, used by records, database and pages alike."""

from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each role may do all that the one before it may."""

    ANNOTATOR = "annotator"
    LEAD = "lead"
    ADMIN = "admin"


class AnnotatorKind(StrEnum):
    """Who judges: a person, a model used as a judge, people of whom nobody is told apart, a check.

    ``UNKNOWN`` are people a file does not name, each label by whoever it was; ``MERGED`` is what
    several people came to, as one label. ``CHECK`` is a program: neither a person nor a judge.
    """

    HUMAN = "human"
    JUDGE = "judge"
    UNKNOWN = "unknown"
    MERGED = "merged"
    CHECK = "check"


#: Who is one and the same wherever they judge; of the others nothing can be said of anybody.
IDENTIFIED = (AnnotatorKind.HUMAN, AnnotatorKind.JUDGE)

#: Whose labels are annotations of a study; what checks find is kept and reported apart.
LABELLING = tuple(kind for kind in AnnotatorKind if kind is not AnnotatorKind.CHECK)


class Preference(StrEnum):
    """A verdict on two responses as they were shown."""

    LEFT = "left"
    RIGHT = "right"
    TIE = "tie"
    BOTH_BAD = "both_bad"


class ConsensusRule(StrEnum):
    """How the answers of several annotators on a pair become one: or each stays what it is."""

    MAJORITY = "majority"
    DAWID_SKENE = "dawid-skene"
    ADJUDICATED = "adjudicated"
    EVERY = "every"


class Strength(StrEnum):
    """By how much the preferred one of two responses is better."""

    SLIGHTLY = "slightly"
    MUCH = "much"


class Certainty(StrEnum):
    """Whether whoever chose was sure of it."""

    SURE = "sure"
    UNSURE = "unsure"


#: The preferences of one of two responses: of these alone it can be said how strong they are.
DECIDED = (Preference.LEFT, Preference.RIGHT)

#: The integer that stands for a preference in count arrays.
PREFERENCE_CODES: dict[Preference, int] = {
    Preference.LEFT: 0,
    Preference.RIGHT: 1,
    Preference.TIE: 2,
    Preference.BOTH_BAD: 3,
}

#: The same for what nobody has to say of a preference; 0 stands for what nobody said.
STRENGTH_CODES: dict[Strength, int] = {Strength.SLIGHTLY: 1, Strength.MUCH: 2}
CERTAINTY_CODES: dict[Certainty, int] = {Certainty.SURE: 1, Certainty.UNSURE: 2}


class Level(StrEnum):
    """Measurement level of a criterion: which comparisons of its values mean something."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class CriterionLevel(StrEnum):
    """What a criterion is answered with: a value of a level of measurement, or words alone."""

    NOMINAL = Level.NOMINAL.value
    ORDINAL = Level.ORDINAL.value
    INTERVAL = Level.INTERVAL.value
    TEXT = "text"


class CheckValue(StrEnum):
    """What is said of one item of a case's checklist."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"


class CheckResult(StrEnum):
    """What an automated check says of a response."""

    PASS = "pass"
    FAIL = "fail"
    UNDEFINED = "undefined"


class CaseStatus(StrEnum):
    """Whether a case is still asked for: only an active one is.

    A saturated one tells models apart no more, for all pass it; a retired one has served; a
    quarantined one is in doubt, and what was said of it counts nowhere unless asked for.
    """

    ACTIVE = "active"
    SATURATED = "saturated"
    RETIRED = "retired"
    QUARANTINED = "quarantined"


class CaseEventKind(StrEnum):
    """What can become of a case."""

    ADDED = "added"
    NOTE = "note"
    STATUS = "status"
    WATCHED = "watched"
    REVISED = "revised"
    MERGED = "merged"


class FailureState(StrEnum):
    """How a known failure stands, as somebody last said.

    Whether a fix holds is not among these: that is told by what was judged since, wherever the
    failure is read.
    """

    OPEN = "open"
    EXPLAINED = "explained"
    FIXED = "fixed"
    REOPENED = "reopened"


class FailureEventKind(StrEnum):
    """What can become of a known failure."""

    STARTED = "started"
    STATE = "state"
    OWNER = "owner"
    CASES = "cases"
    TITLE = "title"
    NOTE = "note"


class ContextState(StrEnum):
    """What is wrong with the passages of a case, where something is: a right answer says so."""

    MISSING = "missing"
    CONTRADICTORY = "contradictory"


class CaseSource(StrEnum):
    """Where a case comes from."""

    PRODUCTION = "production"
    SYNTHETIC = "synthetic"
    BENCHMARK = "benchmark"


class LooksRule(StrEnum):
    """What counts where somebody judged the same again and no assignment tells looks apart."""

    LATEST = "latest"
    MEAN = "mean"


class ElsewhereRule(StrEnum):
    """What becomes of cases and outputs whose text is in none of the files of an import."""

    REFUSE = "refuse"
    KEEP = "keep"


class TextPlace(StrEnum):
    """Where the text of a case or output is, if not in the one record that brought it.

    It is elsewhere, or came from another record than what else is known of it.
    """

    ELSEWHERE = "elsewhere"
    JOINED = "joined"


class SidesOf(StrEnum):
    """What a file knows of the sides of its comparisons: dealt evenly, or not even who saw what."""

    DEALT = "dealt"
    UNKNOWN = "unknown"


class Sampling(StrEnum):
    """How it was decided that an annotation was asked for."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    ADAPTIVE = "adaptive"
    HAND_PICKED = "hand_picked"


class TaskKind(StrEnum):
    """What a study shows for each case: two responses, one alone, or several to be ranked."""

    PAIR = "pair"
    SINGLE = "single"
    RANK = "rank"


#: How the responses on a screen are told apart, in the order in which they stand there.
SIDES = ("left", "right", "third", "fourth", "fifth")
#: How many responses are ranked together: fewer are a pair, more no screen shows.
LEAST_RANKED, MOST_RANKED = 3, len(SIDES)
#: What people call them.
LETTERS = dict(zip(SIDES, "ABCDE", strict=True))


#: How many models must have answered a case that is shown so.
LEAST_ANSWERED = {TaskKind.SINGLE: 1, TaskKind.PAIR: 2, TaskKind.RANK: LEAST_RANKED}


class AssignmentKind(StrEnum):
    """Why a case is shown: for the study itself, or to teach and check."""

    WORK = "work"
    TRAINING = "training"
    GOLD = "gold"
    REPEAT = "repeat"


class AssignmentState(StrEnum):
    """Where an assignment stands."""

    OPEN = "open"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    SKIPPED = "skipped"


class SkipReason(StrEnum):
    """Why an annotator passed a case on."""

    UNCLEAR_CASE = "unclear_case"
    NOT_MY_FIELD = "not_my_field"
    UNFAMILIAR_LANGUAGE = "unfamiliar_language"
    DISPLAY_PROBLEM = "display_problem"
    UPSETTING = "upsetting"
    OTHER = "other"


class LeakPolicy(StrEnum):
    """What to do with a response that gives its maker away."""

    SHOW = "show"
    MASK = "mask"
    LEAVE_OUT = "leave_out"


class AcceptanceState(StrEnum):
    """Whether a judge's verdicts go on being taken without a person."""

    OPEN = "open"
    STOPPED = "stopped"


class Api(StrEnum):
    """Which of two ways an endpoint is asked: the one every server speaks, or OpenAI's newer."""

    CHAT = "chat"
    RESPONSES = "responses"


class AnswerForm(StrEnum):
    """How an endpoint is held to an answer that can be read: by a schema, as JSON, by words."""

    SCHEMA = "schema"
    JSON = "json"
    WORDS = "words"


class JudgeTask(StrEnum):
    """What a judge is asked: which of two is better; of one the scores, the errors, or both."""

    PAIR = "pair"
    SCORES = "scores"
    ERRORS = "errors"
    RESPONSE = "response"


class SoftScore(StrEnum):
    """How a judge says how sure it is: by the chance of its tokens, or by its own word."""

    LOGPROBS = "logprobs"
    STATED = "stated"


class AskingState(StrEnum):
    """How far a run or a judging is that evalkit makes itself."""

    OPEN = "open"
    STOPPED = "stopped"
    DONE = "done"


class AskedState(StrEnum):
    """How far one part of it is; ``asked`` is one whose reply is on its way."""

    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    FAILED = "failed"


class AdmissionStanding(StrEnum):
    """How a judge stands to what is asked of it."""

    ADMITTED = "admitted"
    NOT_ADMITTED = "not admitted"
    NOT_ENOUGH = "not enough labels"


class NoteSource(StrEnum):
    """Where a note comes from."""

    COMMENT = "comment"
    MARK = "note"
    WORDS = "words"
    RATIONALE = "rationale"
    OPEN = "open"
