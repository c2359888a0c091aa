"""Settings as somebody wrote them, read into what a kind of check takes, or refused."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from evalkit.checks.kind import CheckKind, CheckSetting, SettingForm
from evalkit.errors import RefusedError

#: A text of a setting may be so long.
LONGEST_SETTING = 100_000
_MOST_LINES = 1_000
_FLAGS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


def read_settings(kind: CheckKind, written: Mapping[str, Any]) -> dict[str, Any]:
    """Read the settings of a check.

    Parameters
    ----------
    kind : CheckKind
    written : mapping of str to Any
        By key: a text as on the command line, or what JSON holds. What is left out or empty has
        its default.

    Returns
    -------
    dict of str to Any
        Every setting of the kind.

    Raises
    ------
    RefusedError
        For a setting the kind does not have, one that is missing, or a value it cannot have.
    """
    known = {setting.key: setting for setting in kind.settings}
    for key in written:
        if key not in known:
            names = ", ".join(known) or "none"
            raise RefusedError(f"“{kind.title}” has no setting “{key}”. It has: {names}.")
    settings = {key: _read(kind, setting, written.get(key)) for key, setting in known.items()}
    kind.prepare(settings)
    return settings


def _read(kind: CheckKind, setting: CheckSetting, value: Any) -> Any:
    if value is None or value in ("", [], ()):
        if setting.is_required:
            raise _refused(kind, setting, "is missing", setting.about)
        return list(setting.default) if setting.form is SettingForm.LINES else setting.default
    if setting.form is SettingForm.LINES:
        return _lines(kind, setting, value)
    if setting.form in (SettingForm.NUMBER, SettingForm.WHOLE):
        return _number(kind, setting, value)
    if setting.form is SettingForm.FLAG:
        flag = value if isinstance(value, bool) else _FLAGS.get(str(value).strip().lower())
        if flag is None:
            raise _refused(kind, setting, f"is “{value}”", "Expected is yes or no.")
        return flag
    if setting.form is SettingForm.CHOICE and value not in (setting.choices or {}):
        expected = ", ".join(setting.choices or {})
        raise _refused(kind, setting, f"is “{value}”", f"Expected is one of: {expected}.")
    if not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    if len(value) > LONGEST_SETTING:
        raise _refused(
            kind,
            setting,
            f"has {len(value):,} characters",
            f"At most {LONGEST_SETTING:,} are read.",
        )
    return value


def _lines(kind: CheckKind, setting: CheckSetting, value: Any) -> list[str]:
    lines: Sequence[Any] = value.splitlines() if isinstance(value, str) else value
    if not isinstance(lines, Sequence) or not all(isinstance(line, str) for line in lines):
        raise _refused(kind, setting, "is no list of texts", "Write one a line.")
    texts = [line.strip() for line in lines if line.strip()]
    if setting.is_required and not texts:
        raise _refused(kind, setting, "is empty", setting.about)
    if len(texts) > _MOST_LINES or sum(map(len, texts)) > LONGEST_SETTING:
        raise _refused(kind, setting, "is too long", f"At most {_MOST_LINES:,} lines are read.")
    return texts


def _number(kind: CheckKind, setting: CheckSetting, value: Any) -> float | int:
    is_whole = setting.form is SettingForm.WHOLE
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    low = -math.inf if setting.least is None else setting.least
    high = math.inf if setting.most is None else setting.most
    is_right = math.isfinite(number) and low <= number <= high
    if isinstance(value, bool) or not is_right or (is_whole and number != int(number)):
        ends = [
            f"at least {low:g}" if math.isfinite(low) else "",
            f"at most {high:g}" if math.isfinite(high) else "",
        ]
        limits = " and ".join(filter(None, ends))
        noun = "a whole number" if is_whole else "a number"
        raise _refused(kind, setting, f"is “{value}”", f"Expected is {f'{noun} {limits}'.strip()}.")
    return int(number) if is_whole else number


def _refused(kind: CheckKind, setting: CheckSetting, what: str, expected: str) -> RefusedError:
    return RefusedError(f"“{kind.title}”: {setting.label} ({setting.key}) {what}. {expected}")
