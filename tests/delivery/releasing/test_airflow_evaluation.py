"""Airflow by its REST API, on the wire: signing in, one run for each delivery, waiting, failures with their log."""

from __future__ import annotations

from typing import Any

import pytest
from airflow_stub import Airflow, running

from datacraft.contracts.errors import NobodyChosen
from datacraft.delivery.releasing import AirflowEvaluation, AirflowFailed
from datacraft.delivery.releasing.airflow import AirflowPlace

RUN = "delivery_one"


def evaluation(airflow: Airflow, **place: Any) -> AirflowEvaluation:
    where = AirflowPlace(airflow.url, **{"password": "secret", **place})
    return AirflowEvaluation(
        where, {"questions": "shop"}, lambda ref: f"release of {ref['digest']}", sleep=lambda _: None
    )


def test_a_run_is_started_waited_for_and_its_release_returned():
    with running(Airflow()) as airflow:
        evaluates = evaluation(airflow)
        name = evaluates.start("one")
        assert evaluates.wait(name) == "release of abc"
    assert airflow.runs[RUN] == {"dag_run_id": RUN, "logical_date": None, "conf": {"questions": "shop"}}
    assert airflow.signed_in == 1


def test_a_delivery_that_is_gone_on_with_has_one_run():
    with running(Airflow()) as airflow:
        evaluation(airflow).start("one")
        assert evaluation(airflow).start("one") == RUN
    assert list(airflow.runs) == [RUN]


@pytest.mark.parametrize("broken", [[503], [500, 502], [429], [None], [None, 503]])
def test_what_heals_is_tried_again(broken):
    with running(Airflow(broken=broken)) as airflow:
        evaluates = evaluation(airflow)
        assert evaluates.wait(evaluates.start("one")) == "release of abc"


def test_a_token_that_runs_out_is_renewed():
    with running(Airflow(expired=3)) as airflow:
        evaluates = evaluation(airflow)
        assert evaluates.wait(evaluates.start("one")) == "release of abc"


def test_a_failed_task_is_named_with_the_end_of_its_log():
    with running(Airflow(states=["running", "failed"], failed=("evaluate",))) as airflow:
        evaluates = evaluation(airflow)
        with pytest.raises(AirflowFailed, match=r"evaluate[\s\S]*The data has no rows"):
            evaluates.wait(evaluates.start("one"))


def test_without_a_winner_the_code_is_that_of_nobody_chosen():
    with running(Airflow(states=["failed"], failed=("require_winner",))) as airflow:
        evaluates = evaluation(airflow)
        with pytest.raises(NobodyChosen) as raised:
            evaluates.wait(evaluates.start("one"))
    assert raised.value.exit_code == 14


def test_a_run_that_ends_without_a_release_is_a_failure():
    with running(Airflow(published=None)) as airflow:
        evaluates = evaluation(airflow)
        with pytest.raises(AirflowFailed, match="no release"):
            evaluates.wait(evaluates.start("one"))


def test_a_run_that_hangs_ends_at_its_deadline():
    with running(Airflow(states=["running"])) as airflow:
        evaluates = evaluation(airflow, deadline_s=0.2)
        with pytest.raises(AirflowFailed, match="running after"):
            evaluates.wait(evaluates.start("one"))


def test_a_wrong_password_is_told_without_it():
    with running(Airflow()) as airflow:
        evaluates = evaluation(airflow, password="hunter2")
        with pytest.raises(AirflowFailed) as raised:
            evaluates.start("one")
    assert "AIRFLOW_PASSWORD" in str(raised.value.hint)
    assert "hunter2" not in f"{raised.value.message} {raised.value.hint} {evaluates.__dict__}"


def test_one_that_is_not_there_is_told():
    evaluates = AirflowEvaluation(
        AirflowPlace("http://127.0.0.1:9", password="secret"), {}, lambda ref: "", sleep=lambda _: None
    )
    with pytest.raises(AirflowFailed, match="does not answer"):
        evaluates.start("one")
