from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlmodel import col, func, select, update

from db.columns import now
from db.commands import people as commands
from db.engine import read_session, write_session
from db.models import Annotator, AuditEvent, Invitation, SignInFailure
from db.queries import people
from evalkit.errors import NotFoundError, RefusedError
from evalkit.vocabulary import AnnotatorKind, Role

PASSWORD = "correct horse battery"
REAL_NOBODY = commands._NOBODY


def make_admin(name="Grace"):
    return commands.make_first_admin(name=name, password=PASSWORD)


def account(name):
    with read_session() as session:
        return next(found for found in people.accounts(session) if found.name == name)


def fail_to_sign_in(name, *, times):
    for _ in range(times):
        with pytest.raises(RefusedError, match="do not go together"):
            commands.sign_in(name=name, password="not the password")


def move_failures_back(**by):
    """Let time pass: what failed, failed longer ago."""
    with write_session() as session:
        for failure in session.exec(select(SignInFailure)).all():
            failure.at -= timedelta(**by)


def actions():
    with read_session() as session:
        return list(session.exec(select(AuditEvent.action).order_by(col(AuditEvent.id))).all())


def test_the_first_account_is_an_admin_who_can_sign_in(database):
    made = make_admin()

    assert made.role == Role.ADMIN
    assert commands.sign_in(name="Grace", password=PASSWORD).id == made.id
    assert actions() == ["account.first_admin", "session.signed_in"]


def test_the_first_account_is_made_once_however_many_ask_at_the_same_moment(database):
    def ask(name):
        try:
            return make_admin(name).name
        except RefusedError:
            return None

    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(ask, [f"person {number}" for number in range(6)]))

    with read_session() as session:
        n_accounts = session.exec(select(func.count()).select_from(Annotator)).one()
    assert (sum(name is not None for name in made), n_accounts) == (1, 1)


def test_nobody_becomes_the_first_admin_once_somebody_was_invited(database):
    commands.add_account(name="Ada", role=Role.ANNOTATOR)

    with pytest.raises(RefusedError, match="has its admin already"):
        make_admin()


def test_annotators_who_only_came_with_an_import_do_not_count_as_accounts(database):
    with write_session() as session:
        session.add(Annotator(name="imported"))

    assert make_admin().role == Role.ADMIN


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("123456789", "9 characters"),
        ("x" * 501, "at most 500"),
        ("grace hopper", "is the name"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_and_nothing_is_stored(
    database, password, said
):
    with pytest.raises(RefusedError, match=said):
        commands.make_first_admin(name="Grace Hopper", password=password)

    with read_session() as session:
        assert people.is_first_run(session)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "line\x00break", "half a \udcff"])
def test_a_name_that_cannot_be_shown_is_refused(database, name):
    with pytest.raises(RefusedError, match="name"):
        commands.add_account(name=name, role=Role.LEAD)


def test_passwords_and_invitations_are_not_stored_as_they_are(database):
    admin = make_admin()
    token = commands.add_account(name="Ada", role=Role.LEAD, actor_id=admin.id)

    with read_session() as session:
        stored = session.exec(select(Annotator.password_hash)).first()
        invitation = session.exec(select(Invitation)).one()
        details = repr(session.exec(select(AuditEvent)).all())
    assert stored is not None
    assert stored.startswith("$argon2id$")
    assert token not in repr(invitation)
    assert token not in details


def test_a_wrong_password_and_an_unknown_name_are_refused_in_the_same_words(database):
    make_admin()

    said = []
    for name in ("Grace", "nobody"):
        with pytest.raises(RefusedError) as refused:
            commands.sign_in(name=name, password="not the password")
        said.append(str(refused.value))

    assert said[0] == said[1]


def test_a_name_that_no_database_stores_is_unknown_like_any_other(database):
    make_admin()

    with pytest.raises(RefusedError, match="name and password do not go together"):
        commands.sign_in(name="Grace\0", password=PASSWORD)


def test_an_unknown_name_costs_one_check_of_a_password_as_a_known_one_does(database, monkeypatch):
    make_admin()
    checks = []
    monkeypatch.setattr(commands, "_verify", lambda stored, _: checks.append(stored) is not None)

    for name in ("Grace", "nobody"):
        with pytest.raises(RefusedError):
            commands.sign_in(name=name, password="not the password")

    assert [stored.split("$")[1:4] for stored in checks] == [checks[0].split("$")[1:4]] * 2


def test_what_unknown_names_are_checked_against_costs_what_a_new_password_does():
    assert not PasswordHasher().check_needs_rehash(REAL_NOBODY)


def test_nobody_is_invited_to_be_a_simulated_annotator(database):
    with write_session() as session:
        session.add(Annotator(name="simulated", is_simulated=True))

    with pytest.raises(RefusedError, match="nobody signs in as them"):
        commands.invite(annotator_id=account("simulated").id)


def test_five_wrong_passwords_are_free_and_the_sixth_has_to_wait(database):
    make_admin()
    fail_to_sign_in("Grace", times=5)

    with pytest.raises(RefusedError, match=r"Too many wrong passwords.*2 seconds"):
        commands.sign_in(name="Grace", password=PASSWORD)


def test_names_nobody_has_slow_down_in_the_same_way(database):
    fail_to_sign_in("nobody", times=5)

    with pytest.raises(RefusedError, match="Too many wrong passwords"):
        commands.sign_in(name="nobody", password="not the password")


@pytest.mark.parametrize(
    ("n_failures", "seconds"),
    # 2 s doubled with each failure past the fifth, at most 15 minutes: the rule itself.
    [(4, 0), (5, 2), (6, 4), (9, 32), (13, 512), (14, 900), (30, 900)],
)
def test_the_wait_doubles_up_to_a_quarter_of_an_hour(database, n_failures, seconds):
    at = now()
    with write_session() as session:
        for number in range(n_failures):
            session.add(SignInFailure(name="Ada", at=at - timedelta(seconds=number)))

    with read_session() as session:
        wait = people.sign_in_wait(session, name="Ada")

    assert wait.total_seconds() == pytest.approx(seconds, abs=2)


def test_after_the_wait_the_right_password_works_and_the_count_starts_anew(database):
    make_admin()
    fail_to_sign_in("Grace", times=5)
    move_failures_back(seconds=3)

    commands.sign_in(name="Grace", password=PASSWORD)

    fail_to_sign_in("Grace", times=5)


def test_wrong_passwords_of_one_name_do_not_slow_another(database):
    make_admin()
    fail_to_sign_in("somebody else", times=5)

    assert commands.sign_in(name="Grace", password=PASSWORD).name == "Grace"


def test_wrong_passwords_long_ago_are_forgotten(database):
    make_admin()
    fail_to_sign_in("Grace", times=5)
    move_failures_back(minutes=31)

    fail_to_sign_in("Grace", times=4)


def test_many_tries_at_the_same_moment_are_all_counted(database):
    make_admin()

    def attempt(_):
        with pytest.raises(RefusedError) as refused:
            commands.sign_in(name="Grace", password="not the password")
        return "go together" in str(refused.value)

    with ThreadPoolExecutor(8) as pool:
        checked = sum(pool.map(attempt, range(12)))

    assert checked == 5


def test_an_invitation_works_once(database):
    make_admin()
    token = commands.add_account(name="Ada", role=Role.ANNOTATOR)

    ada = commands.accept_invitation(token=token, password="another long one")

    assert commands.sign_in(name="Ada", password="another long one").id == ada.id
    with pytest.raises(RefusedError, match="has been used"):
        commands.accept_invitation(token=token, password="a third long one")


def test_an_invitation_used_at_the_same_moment_by_several_lets_one_in(database):
    make_admin()
    token = commands.add_account(name="Ada", role=Role.ANNOTATOR)

    def accept(_):
        try:
            return commands.accept_invitation(token=token, password=None).name
        except RefusedError:
            return None

    with ThreadPoolExecutor(6) as pool:
        let_in = [name for name in pool.map(accept, range(6)) if name]

    assert let_in == ["Ada"]


def test_an_invitation_older_than_fourteen_days_is_over(database):
    token = commands.add_account(name="Ada", role=Role.ANNOTATOR)
    with write_session() as session:
        invitation = session.exec(select(Invitation)).one()
        assert invitation.expires_at - invitation.created_at == pytest.approx(
            timedelta(days=14), abs=timedelta(minutes=1)
        )
        invitation.expires_at = now() - timedelta(seconds=1)

    with pytest.raises(RefusedError, match="has run out"):
        commands.accept_invitation(token=token, password=None)


def test_a_new_invitation_puts_the_one_before_it_out_of_force(database):
    first = commands.add_account(name="Ada", role=Role.ANNOTATOR)
    second = commands.invite(annotator_id=account("Ada").id)

    with pytest.raises(RefusedError, match="replaced"):
        commands.accept_invitation(token=first, password=None)
    assert commands.accept_invitation(token=second, password=None).name == "Ada"


def test_a_password_that_is_refused_does_not_use_the_invitation_up(database):
    token = commands.add_account(name="Ada", role=Role.ANNOTATOR)

    with pytest.raises(RefusedError, match="characters"):
        commands.accept_invitation(token=token, password="short")

    assert commands.accept_invitation(token=token, password="long enough now").name == "Ada"


def test_two_people_cannot_have_the_same_name(database):
    commands.add_account(name="Ada", role=Role.ANNOTATOR)

    with pytest.raises(RefusedError, match="Use another name"):
        commands.add_account(name="  Ada ", role=Role.LEAD)


def is_open(user):
    with read_session() as session:
        found = people.user_of_session(session, annotator_id=user.id, epoch=user.session_epoch)
    return found is not None


def test_signing_out_ends_every_session_of_the_account_and_of_no_other(database):
    grace = make_admin()
    ada = commands.accept_invitation(
        token=commands.add_account(name="Ada", role=Role.LEAD), password=None
    )

    commands.sign_out(annotator_id=ada.id)

    assert (is_open(ada), is_open(grace)) == (False, True)


def test_a_disabled_account_is_signed_out_and_cannot_come_back_until_it_is_enabled(database):
    make_admin()
    ada = commands.accept_invitation(
        token=commands.add_account(name="Ada", role=Role.LEAD), password=PASSWORD
    )
    link = commands.invite(annotator_id=ada.id)

    commands.set_disabled(annotator_id=ada.id, disabled=True)

    assert not is_open(ada)
    with pytest.raises(RefusedError, match="do not go together"):
        commands.sign_in(name="Ada", password=PASSWORD)
    with pytest.raises(RefusedError, match="has been used"):
        commands.accept_invitation(token=link, password=None)
    with pytest.raises(RefusedError, match="Enable the account first"):
        commands.invite(annotator_id=ada.id)
    commands.set_disabled(annotator_id=ada.id, disabled=False)
    assert commands.sign_in(name="Ada", password=PASSWORD).name == "Ada"


def test_a_new_password_ends_the_sessions_begun_with_the_old_one(database):
    grace = make_admin()

    commands.accept_invitation(
        token=commands.invite(annotator_id=grace.id), password="another long one"
    )

    assert not is_open(grace)


def test_the_only_admin_can_be_neither_disabled_nor_made_less(database):
    grace = make_admin()

    with pytest.raises(RefusedError, match="only admin"):
        commands.set_disabled(annotator_id=grace.id, disabled=True)
    with pytest.raises(RefusedError, match="only admin"):
        commands.set_role(annotator_id=grace.id, role=Role.LEAD)

    token = commands.add_account(name="Ada", role=Role.ADMIN)
    commands.accept_invitation(token=token, password="another long password")
    commands.set_role(annotator_id=grace.id, role=Role.LEAD)
    assert account("Grace").role == Role.LEAD


def test_a_new_role_counts_in_the_sessions_that_are_open(database):
    make_admin()
    ada = commands.accept_invitation(
        token=commands.add_account(name="Ada", role=Role.LEAD), password=None
    )

    commands.set_role(annotator_id=ada.id, role=Role.ANNOTATOR)

    with read_session() as session:
        now_ada = people.user_of_session(session, annotator_id=ada.id, epoch=ada.session_epoch)
    assert now_ada is not None
    assert now_ada.role == Role.ANNOTATOR


def test_a_judge_never_has_a_session(database):
    with write_session() as session:
        judge = Annotator(name="judge", kind=AnnotatorKind.JUDGE)
        session.add(judge)
        session.flush()
        judge_id = judge.id

    with read_session() as session:
        assert people.user_of_session(session, annotator_id=judge_id, epoch=0) is None
    with pytest.raises(NotFoundError):
        commands.invite(annotator_id=judge_id)


def test_demo_accounts_are_made_once_and_listed_from_the_least_powerful(database):
    commands.add_demo_accounts()
    commands.add_demo_accounts()

    with read_session() as session:
        demo = people.demo_accounts(session)
    assert [(user.name, user.role) for user in demo] == [
        ("ada", Role.ANNOTATOR),
        ("leo", Role.LEAD),
        ("amira", Role.ADMIN),
    ]
    assert commands.sign_in(name="leo", password=commands.DEMO_PASSWORD).is_demo


def test_every_change_of_an_account_is_written_down_with_who_made_it(database):
    grace = make_admin()
    commands.add_account(name="Ada", role=Role.ANNOTATOR, actor_id=grace.id)
    ada_id = account("Ada").id
    commands.set_role(annotator_id=ada_id, role=Role.LEAD, actor_id=grace.id)
    commands.set_disabled(annotator_id=ada_id, disabled=True, actor_id=grace.id)
    commands.set_disabled(annotator_id=ada_id, disabled=False, actor_id=grace.id)

    with read_session() as session:
        events = session.exec(
            select(AuditEvent.action, AuditEvent.actor_id)
            .where(col(AuditEvent.subject) == f"annotator:{ada_id}")
            .order_by(col(AuditEvent.id))
        ).all()
    assert events == [
        ("account.added", grace.id),
        ("account.invited", grace.id),
        ("account.role", grace.id),
        ("account.disabled", grace.id),
        ("account.enabled", grace.id),
    ]


def test_the_cookie_key_is_made_once_however_many_ask_at_the_same_moment(database):
    with ThreadPoolExecutor(6) as pool:
        keys = set(pool.map(lambda _: commands.ensure_cookie_key(), range(6)))

    assert len(keys) == 1


def test_the_list_of_people_says_where_each_account_stands(database):
    make_admin()
    commands.add_account(name="invited", role=Role.ANNOTATOR)
    commands.add_account(name="closed", role=Role.ANNOTATOR)
    commands.set_disabled(annotator_id=account("closed").id, disabled=True)
    with write_session() as session:
        session.add(Annotator(name="imported"))
        session.add(Annotator(name="simulated", is_simulated=True))
    commands.add_account(name="late", role=Role.ANNOTATOR)
    with write_session() as session:
        session.exec(
            update(Invitation)
            .where(col(Invitation.annotator_id) == account("late").id)
            .values(expires_at=now())
        )

    with read_session() as session:
        states = {found.name: found.state for found in people.accounts(session)}
    assert states == {
        "Grace": "active",
        "invited": "invited",
        "closed": "disabled",
        "imported": "no sign-in",
        "simulated": "simulated",
        "late": "no sign-in",
    }


def test_the_demos_passwords_open_nothing_once_a_real_admin_is_here(database):
    commands.add_demo_accounts()
    assert commands.sign_in(name="amira", password="evalkit-demo").name == "amira"
    token = commands.add_account(name="Grace", role=Role.ADMIN)

    commands.accept_invitation(token=token, password="a long real password")

    with read_session() as session:
        assert people.demo_accounts(session) == []
    with pytest.raises(RefusedError, match="do not go together"):
        commands.sign_in(name="amira", password="evalkit-demo")


def end_the_demo():
    commands.add_demo_accounts()
    token = commands.add_account(name="Grace", role=Role.ADMIN)
    return commands.accept_invitation(token=token, password=PASSWORD)


def test_the_sessions_of_the_demo_end_with_it(database):
    commands.add_demo_accounts()
    leo = commands.sign_in(name="leo", password=commands.DEMO_PASSWORD)

    def is_in():
        with read_session() as session:
            found = people.user_of_session(session, annotator_id=leo.id, epoch=leo.session_epoch)
        return found is not None

    assert is_in()
    end_the_demo()
    assert not is_in()


def test_the_last_real_admin_stays_for_the_demo_would_open_again(database):
    grace = end_the_demo()

    with pytest.raises(RefusedError, match="only admin"):
        commands.set_disabled(annotator_id=grace.id, disabled=True)
    with pytest.raises(RefusedError, match="only admin"):
        commands.set_role(annotator_id=grace.id, role=Role.LEAD)


def test_nobody_is_invited_to_an_account_of_a_demo_that_is_over(database):
    end_the_demo()

    with pytest.raises(RefusedError, match="demo, which is over"):
        commands.invite(annotator_id=account("amira").id)


def test_the_demos_passwords_open_nothing_where_it_is_closed(database):
    commands.add_demo_accounts()

    with pytest.raises(RefusedError, match="do not go together"):
        commands.sign_in(name="ada", password=commands.DEMO_PASSWORD, is_demo_open=False)


def test_an_admin_who_was_only_invited_does_not_count_as_the_second_one(database):
    admin = commands.make_first_admin(name="Grace", password="a long real password")
    commands.add_account(name="Ada", role=Role.ADMIN)

    with pytest.raises(RefusedError, match="only admin"):
        commands.set_disabled(annotator_id=admin.id, disabled=True)
