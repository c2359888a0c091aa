"""What the annotation screen sends, through HTTP as a browser sends it."""

import asyncio
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as WaitedTooLongError
from sqlmodel import select
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.testclient import TestClient

from db.commands.assignments import next_task_id
from db.commands.instructions import set_instructions
from db.commands.questions import answer as answer_question
from db.commands.records import import_file
from db.commands.studies import StudyPlan, create_study, set_study_open
from db.engine import engine, read_session, write_session, writers
from db.models import Annotation, Annotator, Assignment, ErrorMark, Output, Question, Tag
from db.queries.annotation.instructions import Instructions
from db.queries.people import as_user
from evalkit.errors import NotFoundError, RefusedError
from pages.routes import account, annotation, answers, guard, hosts, instructions, session
from tests.factories import forget_units, make_eval_set, opened

CASES = Path(__file__).parents[1] / "cases"
MODELS = ("Zephyr-9000-chat", "Quasar Pro 3")
OURS = {"X-Evalkit": "1", "Sec-Fetch-Site": "same-origin"}
ROUTES = [
    ("PUT", "/annotate/draft"),
    ("POST", "/annotate/submit"),
    ("POST", "/annotate/skip"),
    ("POST", "/annotate/take-back"),
    ("POST", "/annotate/discard"),
    ("POST", "/annotate/withdraw"),
]
#: Beside them those that write nothing of what somebody entered.
ALL_ROUTES = [
    *ROUTES,
    ("POST", "/annotate/hold"),
    ("POST", "/annotate/release"),
    ("POST", "/annotate/read"),
    ("POST", "/annotate/ask"),
    ("POST", "/annotate/answers-read"),
]
DRAFT = {"preference": "left", "scores": {}, "tags": {}, "comment": "Shorter."}


def store_study():
    make_eval_set(models=MODELS)
    plan = StudyPlan(
        name="Which one",
        eval_set="Support questions",
        models=MODELS,
        collects=frozenset({"preference", "comment"}),
    )
    return create_study(plan)


@pytest.fixture
def study_id(store_once):
    return store_once(store_study)


@pytest.fixture
def new_client(study_id, monkeypatch):
    """Make browsers with somebody signed in: ``client = new_client("Ann")``."""
    monkeypatch.setenv(hosts.VARIABLE, "evalkit.test")
    routes = [*annotation.ROUTES, *answers.ROUTES, *instructions.ROUTES]
    app = Starlette(routes=routes, middleware=guard.MIDDLEWARE)

    def new_client(name=None):
        client = TestClient(app, base_url="http://evalkit.test", follow_redirects=False)
        if name is not None:
            with write_session() as writing:
                person = Annotator(name=name)
                writing.add(person)
                writing.flush()
                client.user = as_user(person)
            client.cookies.set(session.COOKIE, session.cookie_value(client.user))
        return client

    return new_client


@pytest.fixture
def client(new_client):
    return new_client("Ann")


@pytest.fixture
def assignment_id(study_id, client):
    return next_task_id(study_id=study_id, annotator_id=client.user.id)


def told(assignment_id):
    """What a screen tells of itself, see `Opening`."""
    return asdict(opened(assignment_id if assignment_id in range(10**6) else 0))


def body_for(assignment_id, **changes):
    return (
        told(assignment_id)
        | {
            "assignment_id": assignment_id,
            "draft": DRAFT,
            "active_seconds": 0,
            "submission_key": "a-key-of-the-browser",
            "reason": "other",
            "note": "",
        }
        | changes
    )


def send(client, method, path, body, headers=OURS):
    content = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.request(method, path, content=content, headers=headers)


@pytest.mark.parametrize(("method", "path"), ALL_ROUTES)
def test_a_page_left_open_sends_nothing_as_who_signed_in_since(
    new_client, client, assignment_id, method, path
):
    """The browser of one who left has another's cookie by now; the page says whose it is."""
    ann = session.account_word(client.user)
    bob = new_client("Bob")
    body = body_for(assignment_id)

    as_ann = send(bob, method, path, body, OURS | {"X-Evalkit-Account": ann})
    as_bob = send(
        bob, method, path, body, OURS | {"X-Evalkit-Account": session.account_word(bob.user)}
    )

    assert as_ann.status_code == 401
    assert "Somebody else is signed in by now." in as_ann.json()["error"]
    assert as_bob.status_code != 401
    assert annotations() == []


def annotations():
    with read_session() as reading:
        return reading.exec(select(Annotation)).all()


def test_a_draft_is_saved(client, assignment_id):
    answer = send(client, "PUT", "/annotate/draft", body_for(assignment_id))

    assert (answer.status_code, answer.json()) == (200, {"saved": True, "edit": False})
    assert answer.headers["cache-control"] == "no-store"
    with read_session() as reading:
        assert reading.get_one(Assignment, assignment_id).draft["comment"] == "Shorter."


def test_a_submission_is_stored_and_its_repetition_answered_alike(client, assignment_id):
    answers = [send(client, "POST", "/annotate/submit", body_for(assignment_id)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert all(answer.json() == {"stored": True, "revision": 1} for answer in answers)
    assert len(annotations()) == 1


def test_a_submission_that_arrives_ten_times_at_once_is_stored_once(client, assignment_id):
    with ThreadPoolExecutor(10) as pool:
        answers = list(
            pool.map(
                lambda _: send(client, "POST", "/annotate/submit", body_for(assignment_id)),
                range(10),
            )
        )

    assert {answer.status_code for answer in answers} == {200}
    assert len(annotations()) == 1


def test_an_edit_is_answered_with_its_revision(client, assignment_id):
    send(client, "POST", "/annotate/submit", body_for(assignment_id))
    edit = body_for(
        assignment_id,
        draft=DRAFT | {"preference": "tie"},
        submission_key="another-key",
    )

    answer = send(client, "POST", "/annotate/submit", edit)

    assert answer.json() == {"stored": True, "revision": 2}


@pytest.mark.parametrize("said", [{"revision": 0}, {}])
def test_a_window_that_comes_second_with_other_answers_is_told_so(client, assignment_id, said):
    """Only a page that knows of what was submitted, and says so, may put something in its place."""
    send(client, "POST", "/annotate/submit", body_for(assignment_id))
    late = body_for(
        assignment_id, draft=DRAFT | {"preference": "tie"}, submission_key="another-key"
    )
    del late["revision"]

    answer = send(client, "POST", "/annotate/submit", late | said)

    assert answer.status_code == 409
    assert "another window" in answer.json()["error"]
    assert answer.json()["fields"] == []
    (kept,) = annotations()
    assert (kept.preference, kept.is_superseded) == ("left", False)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token", ["0" * 32, "", None])
def test_a_page_without_the_token_of_the_case_writes_nothing(
    client, assignment_id, method, path, token
):
    body = body_for(assignment_id, token=token)
    if token is None:  # a page from before there were any
        del body["token"]

    answer = send(client, method, path, body)

    assert answer.status_code == 409
    assert "othing was stored" in answer.json()["error"]
    with read_session() as reading:
        assignment = reading.get_one(Assignment, assignment_id)
    assert (assignment.state, assignment.draft, annotations()) == ("open", None, [])


def test_a_stale_draft_is_answered_with_the_mark_of_the_newer_one(client, assignment_id):
    stale, fuller = body_for(assignment_id), body_for(assignment_id)
    send(client, "PUT", "/annotate/draft", fuller)

    answer = send(client, "PUT", "/annotate/draft", stale)

    assert answer.status_code == 409
    assert answer.json() == {
        "error": "There are newer answers to this case, from another window.",
        "fields": [],
        "newer": f"{fuller['session']}.1",
    }


def test_a_skip_is_taken_back_and_an_edit_discarded(client, assignment_id):
    send(client, "POST", "/annotate/skip", body_for(assignment_id))
    answer = send(client, "POST", "/annotate/take-back", body_for(assignment_id))
    assert (answer.status_code, answer.json()) == (200, {"taken_back": True})

    send(client, "POST", "/annotate/submit", body_for(assignment_id))
    edit = body_for(assignment_id, draft=DRAFT | {"preference": "tie"})
    send(client, "PUT", "/annotate/draft", edit)
    answer = send(client, "POST", "/annotate/discard", body_for(assignment_id))

    assert (answer.status_code, answer.json()) == (200, {"discarded": True})
    with read_session() as reading:
        assignment = reading.get_one(Assignment, assignment_id)
    assert (assignment.state, assignment.draft) == ("submitted", None)


def test_a_submission_is_withdrawn_and_is_a_draft_again(client, assignment_id):
    send(client, "POST", "/annotate/submit", body_for(assignment_id))

    answers = [
        send(client, "POST", "/annotate/withdraw", body_for(assignment_id)) for _ in range(2)
    ]

    assert [answer.json() for answer in answers] == [{"withdrawn": True}] * 2
    task = ask(client, assignment=assignment_id).json()["task"]
    assert (task["submitted"], task["draft"]["comment"]) == (False, "Shorter.")
    assert [annotation.is_superseded for annotation in annotations()] == [True]


def test_what_is_missing_is_named_as_the_screen_names_it(client, assignment_id):
    answer = send(client, "POST", "/annotate/submit", body_for(assignment_id, draft={}))

    assert answer.status_code == 422
    assert answer.json() == {"error": "Still to do: the preference.", "fields": ["preference"]}


def test_a_skip_is_stored(client, assignment_id):
    answer = send(client, "POST", "/annotate/skip", body_for(assignment_id))

    assert (answer.status_code, answer.json()) == (200, {"skipped": True})
    with read_session() as reading:
        assert reading.get_one(Assignment, assignment_id).state == "skipped"


def test_a_closed_study_takes_no_submission_and_says_so(client, study_id, assignment_id):
    set_study_open(study_id, is_open=False)

    answer = send(client, "POST", "/annotate/submit", body_for(assignment_id))

    assert answer.status_code == 409
    assert "is closed" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), ALL_ROUTES)
def test_nobody_annotates_without_being_signed_in(new_client, assignment_id, method, path):
    answer = send(new_client(), method, path, body_for(assignment_id))

    assert answer.status_code == 401
    assert annotations() == []


@pytest.mark.parametrize(("method", "path"), ALL_ROUTES)
def test_the_routes_ask_for_themselves_who_is_there(new_client, assignment_id, method, path):
    app = Starlette(routes=[*annotation.ROUTES, *instructions.ROUTES, *answers.ROUTES])
    client = TestClient(app, base_url="http://evalkit.test")

    answer = send(client, method, path, body_for(assignment_id))

    assert answer.status_code == 401
    assert "Sign in again" in answer.json()["error"]


def test_a_disabled_account_is_signed_out(client, assignment_id):
    from db.columns import now

    with write_session() as writing:
        person = writing.get_one(Annotator, client.user.id)
        person.disabled_at = now()
        writing.add(person)

    assert send(client, "PUT", "/annotate/draft", body_for(assignment_id)).status_code == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_somebody_elses_case_is_answered_like_one_that_does_not_exist(
    new_client, assignment_id, method, path
):
    other = new_client("Bob")

    theirs = send(other, method, path, body_for(assignment_id))
    nowhere = send(other, method, path, body_for(987_654))

    assert theirs.status_code == nowhere.status_code == 404
    assert theirs.content == nowhere.content
    assert annotations() == []


@pytest.mark.parametrize(("method", "path"), ALL_ROUTES)
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"X-Evalkit": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Evalkit": "1", "Sec-Fetch-Site": "same-site"},
        {"X-Evalkit": "1", "Origin": "http://elsewhere.test"},
        {"X-Evalkit": "1", "Origin": "null"},
        {"X-Evalkit": "0", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_another_site_cannot_annotate_in_somebodys_name(
    client, assignment_id, method, path, headers
):
    answer = send(client, method, path, body_for(assignment_id), headers)

    assert answer.status_code == 403
    assert annotations() == []
    with read_session() as reading:
        assert reading.get_one(Assignment, assignment_id).state == "open"


def test_a_browser_that_only_sends_its_origin_is_believed(client, assignment_id):
    headers = {"X-Evalkit": "1", "Origin": "http://evalkit.test"}

    answer = send(client, "PUT", "/annotate/draft", body_for(assignment_id), headers)

    assert answer.status_code == 200


@pytest.mark.parametrize(("method", "path"), ALL_ROUTES)
@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", '"text"', b"\xff\xfe", "[" * 100_000, '{"assignment_id": 1'],
    ids=range(8),
)
def test_what_is_not_json_of_ours_is_refused_with_a_sentence(client, method, path, body):
    answer = send(client, method, path, body)

    assert answer.status_code == 422
    assert answer.json()["error"].endswith(".")
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("found", [None, "1", True, 1.5, -1, 0, 2**70, [1], {}])
def test_an_assignment_that_is_no_number_is_refused(client, assignment_id, found):
    answer = send(client, "PUT", "/annotate/draft", body_for(found))

    assert answer.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"draft": "text"},
        {"draft": None, "active_seconds": None},
        {"draft": DRAFT | {"comment": "\x00"}},
        {"draft": DRAFT | {"comment": "\ud800"}},
        {"draft": DRAFT | {"scores": {"left": {"x": 1e400}}}},
        {"active_seconds": -1},
        {"submission_key": 5},
        {"submission_key": "kurz"},
        {"token": 5},
        {"session": "x" * 300},
        {"number": True},
        {"number": -1},
        {"revision": 2**40},
    ],
)
def test_a_broken_submission_is_refused_and_nothing_stored(client, assignment_id, changes):
    answer = send(client, "POST", "/annotate/submit", body_for(assignment_id, **changes))

    assert answer.status_code == 422
    assert set(answer.json()) == {"error", "fields"}
    assert annotations() == []


@pytest.mark.parametrize(("method", "path"), ALL_ROUTES)
def test_a_body_that_is_too_large_is_refused(client, assignment_id, method, path):
    body = body_for(assignment_id, note="x" * 300_000)

    answer = send(client, method, path, body)

    assert answer.status_code == 413
    assert "Shorten" in answer.json()["error"]


def test_a_long_comment_in_any_script_fits(client, assignment_id):
    # 10,000 characters beyond the basic plane: twelve bytes each as JSON escapes.
    body = body_for(assignment_id, draft=DRAFT | {"comment": "😀" * 10_000})

    assert send(client, "POST", "/annotate/submit", body).status_code == 200
    assert annotations()[0].comment == "😀" * 10_000


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_other_methods_do_nothing(client, assignment_id, method):
    answer = client.request(method, "/annotate/submit", headers=OURS)

    assert answer.status_code == 405


def test_no_answer_names_a_model(client, assignment_id):
    answers = [
        send(client, method, path, body_for(assignment_id) | changes)
        for method, path in ROUTES
        for changes in ({}, {"draft": {}}, {"reason": "?"}, {"assignment_id": 10**6})
    ]

    for answer in answers:
        assert not any(model in answer.text for model in MODELS)


def ask(client, headers=OURS, **address):
    return client.get("/annotate/task", params=address, headers=headers)


def held_after(client, assignment_id):
    body = {"study_id": study_of(assignment_id), "shown": shown(assignment_id)}
    return send(client, "POST", "/annotate/hold", body).json()["held"]


def shown(assignment_id, seconds=0):
    token = opened(assignment_id).token
    return {"assignment_id": assignment_id, "token": token, "seconds": seconds}


def study_of(assignment_id):
    with read_session() as reading:
        return reading.get_one(Assignment, assignment_id).study_id


def test_a_study_shows_its_next_case_until_nothing_is_left(client, study_id):
    seen = []
    while task := ask(client, study=study_id).json()["task"]:
        assert ask(client, study=study_id).json()["task"] == task
        seen.append(task["assignment_id"])
        body = body_for(task["assignment_id"], submission_key=f"submission-{len(seen)}")
        assert send(client, "POST", "/annotate/submit", body).status_code == 200

    assert len(seen) == len(set(seen)) == 4


def test_a_case_is_shown_by_its_number_and_so_is_what_is_beside_it(client, study_id, assignment_id):
    send(client, "POST", "/annotate/submit", body_for(assignment_id))
    second = ask(client, study=study_id).json()["task"]["assignment_id"]

    asked = [
        ask(client, assignment=second).json()["task"],
        ask(client, assignment=second, to="previous").json()["task"],
        ask(client, assignment=assignment_id, to="following").json()["task"],
    ]

    assert [task["assignment_id"] for task in asked] == [second, assignment_id, second]
    assert asked[1]["draft"]["comment"] == "Shorter."
    assert ask(client, assignment=second, to="following").json() == {"task": None}


def test_what_is_held_is_shown_once_the_case_before_it_is_submitted(
    client, study_id, assignment_id
):
    held = held_after(client, assignment_id)
    assert ask(client, study=study_id).json()["task"]["assignment_id"] == assignment_id

    body = body_for(assignment_id, hold=True, shown=shown(held["assignment_id"], seconds=3))
    answer = send(client, "POST", "/annotate/submit", body).json()

    assert (answer["stored"], answer["revision"], answer["done"]) == (True, 1, 1)
    assert answer["held"]["assignment_id"] not in (assignment_id, held["assignment_id"])
    assert answer["total"] == answer["held"]["total"]
    on_screen = ask(client, study=study_id).json()["task"]
    assert on_screen["assignment_id"] == held["assignment_id"]
    assert on_screen["token"] == held["token"]


def test_what_is_submitted_and_what_is_held_next_are_one_transaction(client, assignment_id):
    commits = []
    listened = (engine(), "commit", commits.append)
    event.listen(*listened)
    answer = send(client, "POST", "/annotate/submit", body_for(assignment_id, hold=True))
    event.remove(*listened)

    assert answer.json()["held"] is not None
    assert len(commits) == 1


def test_who_looks_at_a_case_waits_for_nobody_who_writes(new_client, study_id):
    app = new_client().app
    with TestClient(app, base_url="http://evalkit.test") as client:
        ann = new_client("Ann")
        client.cookies = ann.cookies
        task = next_task_id(study_id=study_id, annotator_id=ann.user.id)
        body = body_for(task)
        with ThreadPoolExecutor(60) as threads:
            with write_session():  # a large import, say
                drafts = [
                    threads.submit(send, client, "PUT", "/annotate/draft", body) for _ in range(50)
                ]
                while len(writers()) < 8:
                    time.sleep(0.01)
                shown = threads.submit(
                    client.get, f"/annotate/task?assignment={task}", headers=OURS
                )
                assert shown.result(timeout=10).status_code == 200
            assert {draft.result(timeout=25).status_code for draft in drafts} == {200}


def test_who_skips_holds_the_next_as_well(client, assignment_id):
    answer = send(client, "POST", "/annotate/skip", body_for(assignment_id, hold=True)).json()

    assert answer["skipped"]
    assert (answer["held"]["assignment_id"], answer["done"]) != (assignment_id, 1)


def test_a_submission_is_stored_though_its_study_is_closed_before_the_next_is_held(
    client, study_id, assignment_id, monkeypatch
):
    def close(**_asked):
        set_study_open(study_id, is_open=False)
        raise NotFoundError("It is closed.")

    monkeypatch.setattr("pages.routes.annotation.assignments.hold_next", close)

    answer = send(client, "POST", "/annotate/submit", body_for(assignment_id, hold=True))

    assert answer.json() == {"stored": True, "revision": 1, "held": None}


def test_where_nothing_comes_next_it_is_said_how_far_they_are(client, study_id, assignment_id):
    set_study_open(study_id, is_open=False)

    answer = send(client, "POST", "/annotate/hold", {"study_id": study_id}).json()

    assert answer == {"held": None, "done": 0, "total": 1}


def test_what_is_held_is_given_back(client, assignment_id):
    held = held_after(client, assignment_id)
    body = {"assignment_id": held["assignment_id"], "token": held["token"]}

    answers = [send(client, "POST", "/annotate/release", body).json() for _ in range(2)]

    assert answers == [{"released": True}, {"released": False}]


@pytest.mark.parametrize("address", [{}, {"study": 987_654}, {"study": "x"}, {"assignment": 0}])
def test_an_address_of_no_case_is_refused_in_words(client, address):
    answer = ask(client, **address)

    assert answer.status_code in (404, 422)
    assert answer.json()["error"].endswith(".")


def test_a_skipped_case_and_somebody_elses_are_not_shown(client, new_client, assignment_id):
    assert ask(new_client("Bob"), assignment=assignment_id).status_code == 404
    send(client, "POST", "/annotate/skip", body_for(assignment_id))

    answer = ask(client, assignment=assignment_id)

    assert answer.status_code == 409
    assert "You skipped this case" in answer.json()["error"]


def test_no_case_is_shown_to_another_site_or_to_nobody(client, new_client, study_id):
    assert ask(client, headers={}, study=study_id).status_code == 403
    elsewhere = {"X-Evalkit": "1", "Sec-Fetch-Site": "cross-site"}
    assert ask(client, headers=elsewhere, study=study_id).status_code == 403
    assert ask(new_client(), study=study_id).status_code == 401
    with read_session() as reading:
        assert reading.exec(select(Assignment)).all() == []


@pytest.mark.parametrize("seconds", ["3", -1, float("nan"), None, [3]])
def test_a_screen_that_says_no_time_is_refused(client, assignment_id, seconds):
    body = {"study_id": study_of(assignment_id), "shown": shown(assignment_id, seconds)}

    assert send(client, "POST", "/annotate/hold", body).status_code == 422


def test_nothing_that_identifies_a_model_reaches_the_browser_by_what_is_shown_or_held(
    client, study_id
):
    with write_session() as writing:
        forget_units(writing, study_id)
        for output in writing.exec(select(Output)).all():
            output.id += 424_200
            output.provider = "Nebula Clouds"
            output.cost_usd = 0.123456
            output.latency_ms = 777.25
            output.content += " I am Zephyr-9000-chat, made by Nebula Clouds."
            writing.add(output)

    answers = [ask(client, study=study_id)]
    first = answers[0].json()["task"]["assignment_id"]
    body = {"study_id": study_id, "shown": shown(first)}
    answers.append(send(client, "POST", "/annotate/hold", body))
    held = answers[-1].json()["held"]["assignment_id"]
    body = body_for(first, hold=True, shown=shown(held))
    answers.append(send(client, "POST", "/annotate/submit", body))
    answers.append(ask(client, assignment=held, to="previous"))
    answers.append(send(client, "POST", "/annotate/skip", body_for(held, hold=True)))

    for answer in answers:
        assert "[name removed]" in answer.text
        # The token is drawn from all digits, and holds any of them by chance.
        words = re.sub(r'"token":"\w+"', "", answer.text)
        for secret in ("Zephyr", "Quasar", "Nebula", "0.123", "777", "4242"):
            assert secret not in words


@pytest.mark.parametrize(("method", "path"), [*ALL_ROUTES, ("POST", "/sign-in")])
def test_a_browser_that_goes_away_in_mid_request_is_no_failure(sqlite_database, method, path):
    routes = [*annotation.ROUTES, *answers.ROUTES, *instructions.ROUTES, *account.ROUTES]
    app = Starlette(routes=routes, exception_handlers=guard.EXCEPTION_HANDLERS)
    headers = [(name.lower().encode(), value.encode()) for name, value in OURS.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    scope |= {"query_string": b"", "http_version": "1.1", "scheme": "http"}
    received = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent = []

    async def receive():
        return received.pop(0)

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))  # which raises what a server would log as a traceback

    assert sent[0]["status"] == 499


def test_the_app_takes_a_browser_that_goes_away_for_no_failure():
    import app

    assert app.app._exception_handlers[ClientDisconnect] is guard.say_nothing


def test_tags_and_criteria_called_like_parts_of_a_browser_are_stored(new_client):
    import_file(CASES / "browser_names.jsonl")
    study_id = create_study(
        StudyPlan(
            name="Names of a browser",
            eval_set="names-of-a-browser",
            models=("llama:m:8b", "a, b"),
            rubric="R",
            taxonomy="T",
            guidelines="",
        )
    )
    client = new_client("Ann")
    assignment_id = next_task_id(study_id=study_id, annotator_id=client.user.id)
    names = ("constructor", "toString", "__proto__", "hasOwnProperty")
    scores = {"constructor": 1, "preference": 2}
    draft = {
        "preference": "left",
        "scores": {"left": scores, "right": scores},
        "tags": {"left": dict.fromkeys(names, "minor"), "right": {"__proto__": "major"}},
        "comment": "",
    }
    with read_session() as opened:
        before = {mark.id for mark in opened.exec(select(ErrorMark)).all()}

    saved = send(client, "PUT", "/annotate/draft", body_for(assignment_id, draft=draft))
    stored = send(client, "POST", "/annotate/submit", body_for(assignment_id, draft=draft))

    assert (saved.status_code, stored.status_code) == (200, 200), stored.json()
    with read_session() as opened:
        marks = opened.exec(select(ErrorMark, Tag.key).join(Tag)).all()
    new = [(key, mark.severity) for mark, key in marks if mark.id not in before]
    assert sorted(new) == sorted([*((name, "minor") for name in names), ("__proto__", "major")])


def test_a_study_tells_what_it_is_about_until_that_is_read_and_answers_what_was_asked(
    client, new_client, study_id, assignment_id
):
    told = Instructions("Which model answers from spring on.", "Leo", "Read both.")
    set_instructions(study_id, told)

    def study():
        return client.get("/annotate/study", params={"study": study_id}, headers=OURS).json()

    first = study()
    assert (first["about"], first["contact"]) == (told.about, "Leo")
    assert ask(client, study=study_id).json()["task"]["told"] == first["digest"]
    assert (first["is_read"], first["questions"], first["seconds_per_case"]) == (False, [], None)

    send(client, "POST", "/annotate/read", {"study_id": study_id, "digest": first["digest"]})
    body = body_for(assignment_id, words="May it be in English?")
    assert send(client, "POST", "/annotate/ask", body).json() == {"asked": True}
    with read_session() as reading:
        question = reading.exec(select(Question)).one()
    with pytest.raises(RefusedError, match="Zephyr"):
        answer_question(question.id, words="As Zephyr-9000-chat does.", actor_id=None)
    answer_question(question.id, words="Only to English.", actor_id=None)

    assert study()["is_read"]
    answered = study()["questions"][0]["answered_at"]
    assert study()["questions"] == [
        {
            "question_id": question.id,
            "assignment_id": assignment_id,
            "words": "May it be in English?",
            "answer": "Only to English.",
            "answered_at": answered,
            "is_new": True,
        }
    ]
    answer_question(
        question.id, words="Only to German.", actor_id=None, instead_of="Only to English."
    )
    read = {"questions": [{"question_id": question.id, "answered_at": answered}]}
    assert send(client, "POST", "/annotate/answers-read", read).json() == {"read": True}
    assert study()["questions"][0]["is_new"]  # what was on the screen is not what it is now
    read["questions"][0]["answered_at"] = study()["questions"][0]["answered_at"]
    assert send(new_client("Bob"), "POST", "/annotate/answers-read", read).status_code == 200
    assert study()["questions"][0]["is_new"]  # it is not Bob's
    assert send(client, "POST", "/annotate/answers-read", read).json() == {"read": True}
    assert not study()["questions"][0]["is_new"]


THEN = "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "questions",
    [
        None,
        3,
        "3",
        [3],
        [{"question_id": 3}],
        *(
            [{"question_id": 3, "answered_at": when}]
            for when in (None, 3, "then", "0001-01-01T00:00:00+23:00")
        ),
        *([{"question_id": which, "answered_at": THEN}] for which in ("3", True, 0)),
        [{"question_id": which, "answered_at": THEN} for which in range(1, 102)],
    ],
)
def test_what_names_no_answers_is_refused(client, questions):
    answer = send(client, "POST", "/annotate/answers-read", {"questions": questions})

    assert answer.status_code == 422


def test_a_token_that_no_screen_has_shows_nothing_and_loses_no_submission(client, assignment_id):
    body = body_for(assignment_id, hold=True)
    screen = {"assignment_id": assignment_id, "token": "\x00\ud800", "seconds": 0}

    answer = send(client, "POST", "/annotate/submit", body | {"shown": screen})

    assert answer.json() == {"stored": True, "revision": 1, "held": None}


def test_a_database_that_is_busy_is_said_to_be_and_the_request_may_come_again(
    client, assignment_id, monkeypatch
):
    def busy(**_asked):
        raise WaitedTooLongError("Others wrote for 30 s.")

    monkeypatch.setattr("pages.routes.annotation.commands.submit", busy)

    answer = send(client, "POST", "/annotate/submit", body_for(assignment_id))

    assert answer.status_code == 503
    assert "busy" in answer.json()["error"]
