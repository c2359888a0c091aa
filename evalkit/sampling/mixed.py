"""Cases that came into an eval set after its sample was drawn: not all have a chance then."""

from evalkit.phrases import counted


def mixed_sentence(n_drawn: int, n_others: int) -> str:
    """Warn that chances are not true for a whole of drawn cases and others; empty where they are.

    Parameters
    ----------
    n_drawn : int
        Cases of a version that have a chance to be in it.
    n_others : int
        Cases of it that have none.
    """
    if not n_drawn or not n_others:
        return ""
    return (
        f"{counted(n_drawn, 'case')} of this version came from a sample, each with its chance, and "
        f"{n_others:,} came in later without one. The chances are not true for the whole, so "
        "numbers of studies on it are not weighted by them; studies on the version before still "
        "are. To have chances for all, bring what is new into the version that was sampled, and "
        "sample it again."
    )
