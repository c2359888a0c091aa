"""Rubrics and taxonomies of a file: which versions they are, known ones or new ones."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from db.models import Criterion, Rubric, Tag, Taxonomy
from db.queries.records.rows import criterion_records, tag_records, taxonomy_record
from evalkit.records import Problems, shown
from evalkit.records.normal import fingerprint
from evalkit.severity import Severity, read_severities


@dataclass(frozen=True, slots=True)
class Kind:
    """What rubrics of criteria and taxonomies of tags differ in.

    ``head`` reads what a record says of the whole, ``of_head`` are its fields that are stored.
    """

    part: str
    whole: str
    table: Any
    part_table: Any
    stored: Callable[[Session, int], list[dict[str, Any]]]
    head: Callable[[Session, int], dict[str, Any] | None] = lambda _, __: None
    of_head: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        """Return the field that holds the version."""
        return f"{self.whole}_version"


RUBRICS = Kind(
    "criterion", "rubric", Rubric, Criterion, lambda s, i: criterion_records(s, rubric_id=i)
)
TAXONOMIES = Kind(
    "tag",
    "taxonomy",
    Taxonomy,
    Tag,
    lambda s, i: tag_records(s, taxonomy_id=i),
    lambda s, i: taxonomy_record(s, taxonomy_id=i),
    ("severities", "weights"),
)
#: What it weighs may be changed while it is used, so it does not make another version.
_CHANGEABLE = frozenset({"weights"})


@dataclass(slots=True)
class Definition:
    """One version of a rubric or a taxonomy; without ``db_id`` it is still to be stored."""

    name: str
    version: int | None
    parts: list[dict[str, Any]]
    db_id: int | None = None
    line: int = 0
    is_main: bool = False
    lines: dict[str, int] = field(default_factory=dict)
    head: dict[str, Any] | None = None
    head_line: int = 0

    @property
    def new(self) -> bool:
        """Tell whether it is still to be stored."""
        return self.db_id is None

    @property
    def severities(self) -> tuple[Severity, ...]:
        """The severities of a taxonomy."""
        return read_severities((self.head or {}).get("severities"))


def planned_definitions(
    session: Session,
    kind: Kind,
    staged: Sequence[tuple[int, dict[str, Any]]],
    *,
    main_id: int | None,
    needs_one: bool,
    problems: Problems,
    main_version: int | None = None,
) -> list[Definition]:
    """Return every version that a file brings or its labels may refer to.

    ``main_id`` is the study's own; where it has none, the file's becomes it. With ``needs_one``
    the file may not bring several rubrics (or taxonomies): a study has one. ``main_version`` is
    which of them it has, as a header says; 0 is none, and where none is said it is the newest.
    """
    groups = _groups(kind, staged, problems)
    stored = _stored(session, kind, {group.name for group in groups}, main_id)
    for group in groups:
        _find_version(kind, group, groups, stored, problems)
    if not any(record.get("is_unsound") for _, record in staged):
        for group in groups:
            _check_head(kind, group, problems)
    plan = stored + [group for group in groups if group.new]
    if needs_one:
        _choose_main(kind, plan, groups, main_id, problems, main_version)
    return plan


def _groups(
    kind: Kind, staged: Iterable[tuple[int, dict[str, Any]]], problems: Problems
) -> list[Definition]:
    """Sort the parts of a file into versions; the same part twice must say the same."""
    groups: dict[tuple[str, int | None], Definition] = {}
    hashes: dict[int, bytes] = {}
    for line, record in staged:
        if record.get("is_unsound"):
            continue
        name, version = record[kind.whole], record.get(kind.version)
        group = groups.setdefault((name, version), Definition(name, version, [], line=line))
        if record["type"] == kind.whole:
            _take_head(group, line, record, problems)
            continue
        first = group.lines.setdefault(record["key"], line)
        if first == line:
            group.parts.append(record)
            hashes[line] = fingerprint(record)
        elif hashes[first] != fingerprint(record):
            problems.add(
                line, "key", shown(record["key"]), f"what {problems.place(first)} says of it"
            )
    return list(groups.values())


def _take_head(group: Definition, line: int, record: dict[str, Any], problems: Problems) -> None:
    """Note what a record says of a whole taxonomy; a second one must say the same."""
    if group.head is None:
        group.head, group.head_line = record, line
    elif fingerprint(group.head) != fingerprint(record):
        first = problems.place(group.head_line)
        problems.add(line, "taxonomy", shown(group.name), f"what {first} says of it")


def _check_head(kind: Kind, group: Definition, problems: Problems) -> None:
    """Check that a new version has parts, and that these and its head fit each other."""
    if not group.new:
        return
    if not group.parts:
        expected = f"{kind.part} records of this version of {kind.whole} {group.name!r} beside it"
        problems.add(group.head_line, kind.whole, "none of its tags", expected)
    keys = [severity.key for severity in group.severities]
    for part in group.parts if kind.of_head else ():
        for key in part.get("severities", ()):
            if key not in keys:
                expected = f"severities of the {kind.whole}: {', '.join(keys)}"
                problems.add(group.lines[part["key"]], "severities", shown(key), expected)


def _stored(session: Session, kind: Kind, names: set[str], main_id: int | None) -> list[Definition]:
    """Return the stored versions of what a file names and of the study's own."""
    table = kind.table
    own = select(col(table.name)).where(col(table.id) == main_id)
    statement = (
        select(col(table.id), col(table.name), col(table.version))
        .where(col(table.name).in_(names) | col(table.name).in_(own))
        .order_by(col(table.name), col(table.version))
    )
    return [
        Definition(
            name,
            version,
            kind.stored(session, table_id),
            db_id=table_id,
            head=kind.head(session, table_id),
        )
        for table_id, name, version in session.execute(statement).all()
    ]


def _find_version(
    kind: Kind,
    group: Definition,
    groups: list[Definition],
    stored: list[Definition],
    problems: Problems,
) -> None:
    """Find the stored version that says the same, or give the group the number it will have."""
    same_name = [version for version in stored if version.name == group.name]
    if group.version is None:
        equal = [known for known in same_name if _says(kind, known) == _says(kind, group)]
        if equal:
            group.db_id, group.version = equal[-1].db_id, equal[-1].version
            return
        taken = [known.version or 0 for known in same_name]
        taken += [other.version or 0 for other in groups if other.name == group.name]
        group.version = max(taken, default=0) + 1
        return
    for known in same_name:
        if known.version == group.version:
            group.db_id = known.db_id
            if not set(_says(kind, group)) <= set(_says(kind, known)):
                problems.add(
                    group.line,
                    kind.version,
                    f"another definition of {kind.whole} {group.name!r} version {group.version}",
                    "the definition that is stored under that version, or a new version",
                )


def _says(kind: Kind, definition: Definition) -> list[bytes]:
    without = frozenset({kind.version})
    head = definition.head or {}
    heads = [head] if any(head.get(name) for name in set(kind.of_head) - _CHANGEABLE) else []
    return [
        *(fingerprint(each, without=without | _CHANGEABLE) for each in heads),
        *(fingerprint(part, without=without) for part in definition.parts),
    ]


def _choose_main(
    kind: Kind,
    plan: list[Definition],
    groups: list[Definition],
    main_id: int | None,
    problems: Problems,
    main_version: int | None,
) -> None:
    """Mark the one version a study uses."""
    names = sorted({group.name for group in groups})
    if len(names) > 1:
        line = max(group.line for group in groups)
        listed = ", ".join(map(shown, names))
        problems.add(line, kind.whole, listed, f"one {kind.whole}: a study has one")
    own = [version for version in plan if main_id is not None and version.db_id == main_id]
    if not own and groups and main_version != 0:
        told = [group for group in groups if group.version == main_version]
        newest = max(told or groups, key=lambda group: group.version or 0)
        own = [v for v in plan if (v.name, v.version) == (newest.name, newest.version)]
    for version in own:
        version.is_main = True
    if len(names) == 1 and own and not any(_is(group, own[0]) for group in groups):
        first = f"{kind.whole} {groups[0].name!r} version {groups[0].version}"
        expected = f"{own[0].name!r} version {own[0].version}, which the study uses"
        problems.add(groups[0].line, kind.whole, first, expected)


def _is(group: Definition, other: Definition) -> bool:
    return (group.name, group.version) == (other.name, other.version)
