"""What can be said of judges, people first."""

from collections.abc import Sequence

from evalkit import text
from evalkit.phrases import counted, joined, lower
from evalkit.reports.judges.report import MARGIN, Ground, JudgeRow, JudgesReport, JudgeStanding
from evalkit.stats.judges.alternative import AlternativeTest
from evalkit.study.subjects import Subject, subject_asked

NO_JUDGE = "No judge has judged here yet."
NO_PEOPLE = "Only judges have judged here: without people nothing can be said of them."
NOTHING_SHARED = "No judge has judged what people judged."
#: More judges than this are counted, not named.
_FEW = 3

_STANDINGS = {
    JudgeStanding.NO_GROUND: "cannot be measured",
    JudgeStanding.OPEN: "too little to tell",
    JudgeStanding.BELOW: "agrees with people less than people do with each other",
    JudgeStanding.CLOSE: "agrees with people about as they do with each other",
    JudgeStanding.ABOVE: "agrees with people more than they do with each other",
}


def standing_in_words(standing: JudgeStanding) -> str:
    """Return what stands in a table."""
    return _STANDINGS[standing]


def judges_verdict(report: JudgesReport) -> str:
    """Say in one sentence how the judges stand on what was judged first."""
    if not report.n_judges:
        return NO_JUDGE
    if not report.grounds:
        return NO_PEOPLE
    if not report.rows:
        return NOTHING_SHARED
    first = subjects_of(report)[0]
    asked, rows = subject_asked(first), report.on(first)
    if not rows[0].has_ground:
        return f"People do not agree well enough on {asked} for a judge to be measured there."
    named = {
        standing: [row.judge for row in rows if row.standing == standing]
        for standing in JudgeStanding
    }
    near = (*named[JudgeStanding.ABOVE], *named[JudgeStanding.CLOSE])
    parts = [
        _part(near, "with people about as people do with each other, or more"),
        _part(named[JudgeStanding.BELOW], "with people less than people do with each other"),
    ]
    told = "; ".join(filter(None, parts))
    if not told:
        return f"On {asked} there is too little to tell how near any judge is to people."
    rest = [*named[JudgeStanding.OPEN], *named[JudgeStanding.NO_GROUND]]
    of = counted(len(rest), "more judge") if len(rest) > _FEW else joined(rest) if rest else ""
    more = f"; of {of} there is too little to tell" if rest else ""
    return f"On {asked}, {told}{more}."


def _part(judges: Sequence[str], how: str) -> str:
    if not judges:
        return ""
    named = counted(len(judges), "judge") if len(judges) > _FEW else joined(list(judges))
    return f"{named} {'agrees' if len(judges) == 1 else 'agree'} {how}"


def unreadable(n: int) -> str:
    """Say how many verdicts count nowhere; nothing where all could be read."""
    return f"{counted(n, 'verdict')} could not be read and count nowhere here." if n else ""


def grounds_in_words(grounds: Sequence[Ground]) -> list[str]:
    """Say whether there is anything to measure a judge against: where there is, in one sentence."""
    holding = [_with_number(ground) for ground in grounds if ground.holds]
    agreed = f"People agree on {joined(holding)}: judges can be measured against them."
    others = [_why_not(ground) for ground in grounds if not ground.holds]
    return [agreed, *others] if holding else others


def _with_number(ground: Ground) -> str:
    alpha = ground.alpha
    number = f"α {text.estimate(alpha)}, {counted(alpha.n_units, 'unit')}"
    return f"{subject_asked(ground.subject)} ({number})"


def _why_not(ground: Ground) -> str:
    alpha = ground.alpha
    if alpha.value is None:
        asked = subject_asked(ground.subject)
        return f"On {asked} people cannot be compared: {lower(alpha.reason or '')}"
    return (
        "As far as can be told, people do not agree beyond what chance would give on "
        f"{_with_number(ground)}: no judge can be right or wrong there yet."
    )


def stand_in_words(test: AlternativeTest) -> str:
    """Say how the alternative annotator test ended."""
    tested = [row for row in test.rows if row.p_value is not None]
    if test.winning_rate is None:
        return test.reason or ""
    matched = sum(row.is_matched for row in tested)
    may = "may stand in for a person" if test.may_stand_in else "may not stand in for a person"
    return f"{matched} of {len(tested)} people matched within {100 * MARGIN:.0f} points: it {may}."


def worth(row: JudgeRow, asked: str) -> str:
    """Say of one judge on one thing what can be concluded."""
    ratio = row.ceiling.ratio
    if row.standing is JudgeStanding.NO_GROUND:
        why = ratio.reason if ratio.value is None else "people do not agree well enough."
        return f"{row.judge} on {asked}: cannot be measured. {why or ''}".strip()
    share = text.estimate(ratio, text.percent)
    return (
        f"{row.judge} on {asked}: {standing_in_words(row.standing)} "
        f"({share} of people's own agreement, {counted(ratio.n, 'unit')})."
    )


def subjects_of(report: JudgesReport) -> list[Subject]:
    """Return what judges and people both judged, in the order of the study."""
    return [
        ground.subject
        for ground in report.grounds
        if any(row.subject == ground.subject for row in report.rows)
    ]
