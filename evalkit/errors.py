"""The errors evalkit raises on purpose; their text is written for the person who reads it."""


class EvalkitError(Exception):
    """Base of every error raised on purpose."""


class RefusedError(EvalkitError):
    """Bad input: nothing was stored, and the message says what to do."""


class NotFoundError(RefusedError):
    """Something asked for by name or id does not exist."""


class TryLaterError(RefusedError):
    """Refused for now: the same may be tried again, and the message says when."""


class WrongPasswordError(RefusedError):
    """A name and a password that do not go together."""


class UndefinedStatisticError(EvalkitError):
    """A statistic cannot be had from this data; the message is the reason, as a sentence."""
