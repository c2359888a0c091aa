"""A panel: several judges that vote, and are one judge by their vote."""

from collections import Counter
from collections.abc import Sequence

from evalkit.annotation.draft import Draft
from evalkit.judging.soft import PREFERENCE
from evalkit.judging.wording import JudgeVerdict
from evalkit.vocabulary import Preference

#: Another way to count votes is another word, and so another judge.
PANEL = "majority-1"


def panel_verdict(ballots: Sequence[Preference | None]) -> JudgeVerdict:
    """Count the votes of a panel's members.

    Parameters
    ----------
    ballots : sequence of Preference or None
        What each said of the same two responses in the same order; None could not be read.

    Returns
    -------
    JudgeVerdict
        What more than half of those who could be read said, with the share (0–1) of these that
        did; a tie without a share where no answer has such a majority; unreadable where none
        could be read.
    """
    votes = [preference for preference in ballots if preference is not None]
    if not votes:
        return JudgeVerdict(None, "No member of the panel could be read.")
    counted = Counter(votes)
    told = ", ".join(f"{preference.value} {n}" for preference, n in sorted(counted.items()))
    rationale = f"Votes: {told}, unreadable {len(ballots) - len(votes)}."
    preference, n = counted.most_common(1)[0]
    if 2 * n <= len(votes):
        return JudgeVerdict(Draft(Preference.TIE, {}, ""), rationale)
    return JudgeVerdict(
        Draft(preference, {}, ""), rationale, {PREFERENCE: round(n / len(votes), 6)}
    )
