"""The page on which leads let models judge: what it offers, refuses, starts, stops, resumes."""

import pytest

from db import judging
from db.commands.judgings import begin_judging
from db.engine import read_session
from db.queries.judgings import judgings
from evalkit.judging.plan import JudgePlan
from evalkit.running.endpoint import Endpoint
from evalkit.vocabulary import JudgeTask, Role, SoftScore
from tests.endpoint.judge import NoisyReader
from tests.endpoint.server import KEY, serving
from tests.endpoint.study import CRITERION, TAGS, store_scored_study, truths
from tests.pages.conftest import at_page
from tests.pages.test_run_models import press, written

PAGE = "library/judge.py"


@pytest.fixture
def server(sqlite_database, tmp_path, monkeypatch):
    monkeypatch.setenv("TEST_KEY", KEY)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    exact = dict.fromkeys((CRITERION, *TAGS), 1.0)
    reader = NoisyReader(truths(2), exact, exact, (CRITERION,), TAGS)
    with serving(default=reader) as running_server:
        (tmp_path / ".streamlit").mkdir()
        (tmp_path / ".streamlit" / "secrets.toml").write_text(
            f'[endpoints.lab]\nbase_url = "{running_server.base_url}"\nkey_name = "TEST_KEY"\n'
        )
        yield running_server


def there():
    with read_session() as session:
        return judgings(session)


def test_without_an_endpoint_the_page_says_who_can_name_one(app, sign_in, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    store_scored_study(n_cases=1)
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    assert "No endpoint can be asked yet." in written(app)


def test_an_annotator_does_not_see_it(app, sign_in, server):
    sign_in(app, Role.ANNOTATOR)

    at_page(app, PAGE).run()

    assert not app.button


def test_a_lead_estimates_and_starts_stops_and_resumes_a_judging(app, sign_in, server):
    store_scored_study(n_cases=2)
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    press(app, "Estimate")
    assert "Name the model that is to judge." in written(app)
    app.text_input(key="judge-model").set_value("m")
    app.selectbox(key="judge-task").set_value(JudgeTask.PAIR)
    press(app, "Estimate")
    assert "No two responses of this study were compared by people" in written(app)
    app.selectbox(key="judge-task").set_value(JudgeTask.RESPONSE)
    app.selectbox(key="judge-soft").set_value(SoftScore.STATED)

    press(app, "Estimate")

    assert "m at lab, on Study. 4 verdicts: about" in written(app)
    assert there() == []
    press(app, "Start")
    (begun,) = there()
    assert (begun.task, begun.n_waiting, begun.state) == (JudgeTask.RESPONSE, 4, "open")
    assert server.requests == []  # the worker asks, not the page
    press(app, "Stop")
    assert there()[0].state == "stopped"
    press(app, "Resume")
    assert there()[0].state == "open"
    assert KEY not in written(app)


def test_a_judging_that_is_done_says_what_came_of_it(app, sign_in, server):
    store_scored_study(n_cases=2)
    endpoint = Endpoint(server.base_url, "TEST_KEY")
    plan = JudgePlan("Study", "m", endpoint, task=JudgeTask.SCORES)
    assert judging.judge_on(begin_judging(plan).judging_id)
    sign_in(app, Role.LEAD)

    at_page(app, PAGE).run()

    names = [element.value.replace("\\", "") for element in app.markdown]
    assert f"**{there()[0].judge}**" in names
    assert "On Study." in written(app)


def test_without_an_endpoint_the_baseline_judges_at_a_click_and_says_what_it_learnt(
    app, sign_in, tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    store_scored_study(n_cases=60)
    sign_in(app, Role.LEAD)
    at_page(app, PAGE).run()
    press(app, "Let the baseline judge")
    assert "People decided pairs of 0 of these so far" in written(app)
    app.selectbox(key="baseline-task").set_value(JudgeTask.SCORES)

    press(app, "Let the baseline judge")

    assert "on Study:" in written(app)
    assert "always saying the commonest" in written(app)
