"""The sentences about kinds of checks, their settings and what running them came to."""

from typing import Protocol

from evalkit.checks.kind import CheckKind, CheckSetting, SettingForm
from evalkit.checks.running import MOST_SLOW


class RunOfCheck(Protocol):
    """What running a check came to."""

    @property
    def name(self) -> str:
        """What the check is called."""

    @property
    def n_responses(self) -> int:
        """How many responses it looks at."""

    @property
    def refused(self) -> str:
        """Why it was not run."""

    @property
    def n_new(self) -> int:
        """How many of them it had not seen as they are."""

    @property
    def n_pass(self) -> int:
        """How many of the new ones pass."""

    @property
    def n_fail(self) -> int:
        """How many of the new ones fail."""

    @property
    def n_undefined(self) -> int:
        """Of how many of the new ones nothing can be said."""

    @property
    def n_not_tried(self) -> int:
        """How many it stopped before, as too many took too long."""


def run_sentence(run: RunOfCheck) -> str:
    """Say what running a check came to."""
    if run.refused:
        return f"“{run.name}” was not run: {run.refused}"
    if not run.n_responses:
        return f"“{run.name}”: there is no response to check."
    if not run.n_new and not run.n_not_tried:
        return f"“{run.name}”: nothing new in {run.n_responses:,} responses."
    checked = (
        f"“{run.name}”: {run.n_new:,} of {run.n_responses:,} responses checked: "
        f"{run.n_pass:,} pass, {run.n_fail:,} fail, {run.n_undefined:,} undefined."
    )
    return f"{checked} {_not_tried(run.n_not_tried)}".rstrip()


def quarantined_sentence(n: int) -> str:
    """Say that so many responses of a check at most do not count; empty of none."""
    return f"Without responses to quarantined cases: up to {n:,} of a check." if n else ""


def _not_tried(n: int) -> str:
    """Say how many responses a run left for the next; empty of none."""
    if not n:
        return ""
    others = "1 more was" if n == 1 else f"{n:,} more were"
    them = "it" if n == 1 else "them"
    return (
        f"{others} not tried, for {MOST_SLOW} took too long: until it runs again and gets through "
        f"{them}, it speaks of the others alone. Where that is slow again, make it simpler."
    )


def setting_in_words(setting: CheckSetting) -> str:
    """Say how a setting is written, what it does and what holds without it."""
    values = {
        SettingForm.CHOICE: "|".join(setting.choices or {}),
        SettingForm.FLAG: "yes|no",
        SettingForm.NUMBER: "NUMBER",
        SettingForm.WHOLE: "N",
    }.get(setting.form, "TEXT")
    default = default_in_words(setting)
    about = setting.about or setting.label
    return f"{setting.key}={values}  {about.rstrip('.')}. {default}".rstrip()


def default_in_words(setting: CheckSetting) -> str:
    """Say what holds where nothing is said."""
    if setting.is_required:
        return "Required."
    if setting.default is None or setting.default == ():
        return ""
    if setting.form is SettingForm.FLAG:
        return f"Default: {'yes' if setting.default else 'no'}."
    return f"Default: {setting.default}."


def settings_in_words(kind: CheckKind, settings: dict[str, object]) -> str:
    """Say in one line what a check asks for."""
    parts = []
    for setting in kind.settings:
        value = settings.get(setting.key, setting.default)
        if value in (None, "", [], ()) or value is False:
            continue
        parts.append(f"{setting.label}: {_value_in_words(setting, value)}")
    return "; ".join(parts)


def _value_in_words(setting: CheckSetting, value: object) -> str:
    if setting.form is SettingForm.CHOICE:
        return str((setting.choices or {}).get(str(value), value))
    if setting.form is SettingForm.FLAG:
        return "yes"
    words = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return words if len(words) <= 80 else f"{words[:79]}…"
