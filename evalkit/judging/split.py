"""Which cases a judge is built on, tuned on and tested on: by the hash of the case alone."""

import hashlib
from enum import StrEnum

#: Only ever a new word with a new split: what was tested on before would be trained on after.
_SALT = "evalkit split 1"
_SPACE = 1 << 64


class Split(StrEnum):
    """What a case serves: examples and training, choosing and thresholds, the one test."""

    TRAIN = "train"
    DEV = "dev"
    TEST = "test"


#: The shares that the course of Husain and Shankar teaches for judges: few examples are needed to
#: show a judge what is meant, many cases to tell how often it errs.
SHARES: dict[Split, float] = {Split.TRAIN: 0.15, Split.DEV: 0.45, Split.TEST: 0.40}


def split_of(content_hash: str) -> Split:
    """Return what a case serves, before anybody has looked at it and forever after.

    Parameters
    ----------
    content_hash : str
        Of the case: ``evalkit.evalset.hashing.case_hash``, which a database keeps as
        ``Case.case_hash``. The same task in another eval set falls into the same part; so do all
        responses to it and all that is said of them, for the unit is the case.

    Returns
    -------
    Split
        By SHA-256 of the hash with a constant before it, in the shares of ``SHARES``.
    """
    digest = hashlib.sha256(f"{_SALT}\n{content_hash}".encode("utf-8", "surrogatepass")).digest()
    place = int.from_bytes(digest[:8]) / _SPACE
    if place < SHARES[Split.TRAIN]:
        return Split.TRAIN
    return Split.DEV if place < SHARES[Split.TRAIN] + SHARES[Split.DEV] else Split.TEST
