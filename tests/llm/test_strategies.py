"""Each strategy, through the whole path of a question, with a model that does as a script says."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from clinic import answering, in_turn, plan, said_to, sql
from llm_server import Call, Does, Fails, Reaction, Says

from datacraft.contracts.answer import Answer

BY_KIND = "SELECT kind, sum(fee) AS fees FROM visits GROUP BY kind ORDER BY fees DESC"
BY_CITY = "SELECT p.city, sum(v.fee) AS fees FROM visits v JOIN patients p ON p.patient_id = v.patient_id GROUP BY p.city"
KINDS = [["first", 480.0], ["follow-up", 370.0]]
PLAN_BY_KIND = {
    "root": "visits",
    "outputs": [
        {"name": "kind", "expression": {"kind": "column", "table": "visits", "column": "kind"}},
        {
            "name": "fees",
            "expression": {
                "kind": "aggregate",
                "function": "sum",
                "argument": {"kind": "column", "table": "visits", "column": "fee"},
            },
        },
    ],
    "order": [{"expression": {"kind": "output", "name": "fees"}, "descending": True}],
}
REPAIR = {"kind": "repair", "attempts": 2, "of": {"kind": "sql"}}
VOTE = {"kind": "vote", "samples": 5, "threshold": 0.6, "of": {"kind": "sql"}}
QUESTION = "what did each kind of visit bring in?"


def one_answer(
    folder: Path, strategy: object, *reactions: Reaction, **more: object
) -> tuple[Answer, list[Call]]:
    with answering(folder, strategy, in_turn(*reactions), **more) as (handler, server):
        return handler.ask(QUESTION), server.calls


def test_sql_is_run_told_and_charted_as_a_plan_is(shared: Path) -> None:
    answer, calls = one_answer(shared, "sql", sql(BY_KIND, assumptions=["Fees are before tax."], chart="bar"))
    assert answer.error is None
    assert answer.rows == KINDS
    assert [(column.label, column.role) for column in answer.columns] == [
        ("kind", "dimension"),
        ("fees", "measure"),
    ]
    assert answer.chart is not None
    assert answer.chart.kind == "bar"
    assert answer.explanation.startswith(
        "Fees by kind of visits, sorted by fees from the highest down: 2 kinds"
    )
    assert answer.notes == ["Fees are before tax."]
    assert (answer.model, answer.strategy, answer.confidence) == ("m-1", "sql", None)
    assert (answer.usage.calls, answer.usage.input_tokens, answer.usage.output_tokens) == (1, 100, 20)
    assert len(calls) == 1


def test_a_plan_is_written_as_sql_by_us(shared: Path) -> None:
    answer, _ = one_answer(shared, "plan", plan(PLAN_BY_KIND))
    assert answer.error is None
    assert answer.rows == KINDS
    assert answer.plan is not None
    assert "SUM" in (answer.sql or "")


def test_a_plan_outside_the_schema_is_asked_for_again_then_refused(shared: Path) -> None:
    invented = {**PLAN_BY_KIND, "drop": "everything"}
    answer, calls = one_answer(shared, "plan", plan(invented), plan(PLAN_BY_KIND))
    assert answer.rows == KINDS
    assert "could not be read" in calls[1].last
    assert "drop" in calls[1].last
    answer, _ = one_answer(shared, "plan", plan(invented), hyperparameters={"seed": 1})
    assert answer.error is not None
    assert answer.error.code == "model_output_invalid"


def test_a_plan_with_an_invented_column_never_runs(shared: Path) -> None:
    text = json.dumps(PLAN_BY_KIND).replace('"fee"', '"profit"')
    answer, _ = one_answer(shared, "plan", plan(json.loads(text)))
    assert answer.error is not None
    assert answer.error.code == "query_failed"
    assert "profit" in answer.error.message


WRAPPED = [
    "```json\n{}\n```",
    "Here you are:\n{}\nGlad to help!",
    "{} ",
]


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_a_reply_is_read_through_what_is_put_around_it(shared: Path, wrapping: str) -> None:
    reply = Says(wrapping.replace("{}", sql(BY_KIND).text))
    answer, calls = one_answer(shared, "sql", reply, hyperparameters={"seed": len(wrapping)})
    assert answer.rows == KINDS
    assert len(calls) == 1


UNREADABLE = [Says("SELECT 1"), Says('{"sql": "SELECT', "length"), Says(""), Says("[1, 2]"), Does("empty")]


@pytest.mark.parametrize("reaction", UNREADABLE)
def test_what_can_not_be_read_is_asked_for_once_more(shared: Path, reaction: Reaction) -> None:
    answer, calls = one_answer(shared, "sql", reaction, sql(BY_KIND), hyperparameters={"temperature": 0.5})
    assert answer.rows == KINDS
    assert len(calls) == 2
    answer, calls = one_answer(shared, "sql", reaction, hyperparameters={"temperature": 0.6})
    assert answer.error is not None
    assert answer.error.code == "model_output_invalid"
    assert len(calls) == 2


def test_a_question_that_the_model_can_not_answer_is_not_answered(shared: Path) -> None:
    reply = Says(json.dumps({"answerable": False, "reason": "There is no weather here.", "sql": None}))
    answer, _ = one_answer(shared, REPAIR, reply)
    assert answer.error is not None
    assert answer.error.code == "not_understood"
    assert "There is no weather here." in answer.error.message


BROKEN = [
    ("SELECT kind, sum(price) AS fees FROM visits GROUP BY kind", "price"),
    ("SELECT kind, sum(fee FROM visits", "could not be run"),
    ("DELETE FROM visits", "could not be run"),
    ("SELECT * FROM salaries", "salaries"),
    ("SELECT kind, sum(fee) AS fees FROM visits WHERE kind = 'frist' GROUP BY kind", "'first'"),
    ("SELECT sum(fee) AS fees FROM visits WHERE kind = 'FOLLOW UP'", "'follow-up'"),
    ("SELECT NULLIF(kind, kind) AS k FROM visits", "nothing but nulls"),
]


@pytest.mark.parametrize(("broken", "told"), BROKEN)
def test_what_will_not_do_goes_back_with_the_reason(shared: Path, broken: str, told: str) -> None:
    answer, calls = one_answer(shared, REPAIR, sql(broken), sql(BY_KIND))
    assert answer.rows == KINDS
    assert answer.repairs == 1
    assert told in calls[1].last
    assert broken in calls[1].text  # what it had written stands before the complaint


def test_an_empty_result_of_known_values_is_no_mistake(shared: Path) -> None:
    empty = "SELECT visited, fee FROM visits WHERE kind = 'first' AND fee > 100000"
    answer, calls = one_answer(shared, REPAIR, sql(empty))
    assert answer.error is None
    assert (answer.rows, len(calls)) == ([], 1)


def test_repair_is_bounded_and_says_how_much_was_tried(shared: Path) -> None:
    drafts = [sql(f"SELECT nothing{number} FROM visits") for number in range(9)]
    answer, calls = one_answer(shared, REPAIR, *drafts)
    assert answer.error is not None
    assert answer.error.code in ("query_failed", "unsafe_sql")
    assert "3 drafts of the model were tried" in answer.error.message
    assert len(calls) == 3


def test_the_same_failing_sql_is_not_tried_twice(shared: Path) -> None:
    answer, calls = one_answer(shared, {**REPAIR, "attempts": 5}, sql("SELECT nothing FROM visits"))
    assert answer.error is not None
    assert len(calls) == 2


def test_a_vote_takes_the_result_that_most_samples_agree_on(shared: Path) -> None:
    other_spelling = "SELECT sum(fee) AS total, kind AS sort FROM visits GROUP BY 2"
    wrong = "SELECT kind, count(*) AS fees FROM visits GROUP BY kind"
    answer, calls = one_answer(
        shared, VOTE, sql(wrong), sql(BY_KIND), sql(other_spelling), sql("SELECT oops"), sql(BY_KIND),
        hyperparameters={"temperature": 0.8},
    )  # fmt: skip
    assert answer.error is None
    assert sorted(answer.rows) in (KINDS, [[370.0, "follow-up"], [480.0, "first"]])
    assert answer.confidence is not None
    assert answer.confidence >= 0.6
    assert len(calls) <= 5


def test_a_vote_without_a_majority_asks_back(shared: Path) -> None:
    different = [
        sql(f"SELECT {number} AS n FROM visits", assumptions=[f"It is {number}."]) for number in range(5)
    ]
    answer, _ = one_answer(shared, VOTE, *different, hyperparameters={"temperature": 0.8})
    assert answer.error is not None
    assert answer.error.code == "not_understood"
    assert "more than one way" in answer.error.message


def test_a_vote_stops_as_soon_as_it_is_settled(shared: Path) -> None:
    released = threading.Event()

    def script(call: Call) -> Reaction:
        return sql(BY_KIND) if call.number < 3 else Does("hang")

    with answering(shared, VOTE, script, hyperparameters={"temperature": 0.8}) as (handler, server):
        answer = handler.ask(QUESTION)
        assert answer.error is None
        assert answer.timings.total_ms < 1_900  # the hanging ones would take two seconds
        assert len(server.calls) <= 5
    released.set()


def test_a_vote_can_be_among_prompts(shared: Path) -> None:
    prompts = [{"name": name, "text": f"Be {name}."} for name in ("brief", "careful", "bold")]
    strategy = {"kind": "vote", "samples": 3, "threshold": 1.0, "prompts": prompts, "of": {"kind": "sql"}}
    answer, calls = one_answer(shared, strategy, sql(BY_KIND), hyperparameters={"temperature": 0})
    assert answer.confidence == 1
    assert sorted(call.body["messages"][0]["content"] for call in calls) == [
        "Be bold.",
        "Be brief.",
        "Be careful.",
    ]


def test_a_cascade_asks_the_model_only_what_the_built_in_engine_is_not_sure_of(shared: Path) -> None:
    strategy = {"kind": "cascade", "threshold": 0.7, "otherwise": {"kind": "sql"}}
    with answering(shared, strategy, in_turn(sql(BY_CITY))) as (handler, server):
        sure = handler.ask("total fee by kind")
        unsure = handler.ask("wherefrom do our earnings come, geographically?")
    assert (sure.model, sure.usage.calls, sure.strategy) == ("builtin", 0, "cascade")
    assert sure.confidence is not None
    assert sure.reading
    assert (unsure.model, unsure.usage.calls) == ("m-1", 1)
    assert sorted(unsure.rows) == [["Lisbon", 550.0], ["Oslo", 300.0]]
    assert len(server.calls) == 1


def test_what_is_sent_is_the_question_and_the_data_that_it_touches(shared: Path) -> None:
    _, calls = one_answer(shared, "sql", sql(BY_KIND))
    sent = said_to(calls[0])
    assert sent["question"] == QUESTION
    visits = next(table for table in sent["data"]["tables"] if table["name"] == "visits")
    kind = next(column for column in visits["columns"] if column["name"] == "kind")
    assert kind["values"] == ["first", "follow-up"]
    assert visits["time_column"] == "visited"
    instructions = calls[0].body["messages"][0]["content"]
    assert instructions.startswith("Answer in DuckDB. Today is 2024-01-09.")


def test_a_follow_up_is_sent_with_what_was_said_before(shared: Path) -> None:
    with answering(shared, "sql", in_turn(sql(BY_KIND))) as (handler, server):
        handler.ask(QUESTION, "session")
        handler.ask("and only in 2023?", "session")
    (before,) = said_to(server.calls[-1])["conversation"]
    assert before["question"] == QUESTION
    assert "FROM visits" in before["sql"]


def test_examples_are_picked_and_sent(shared: Path) -> None:
    items = [
        {"id": "a", "question": "fees of each kind of visit", "sql": "SELECT 1"},
        {"id": "b", "question": "how many doctors are surgeons", "sql": "SELECT 2"},
        {"id": "c", "question": QUESTION.upper(), "sql": "SELECT 3"},
    ]
    examples = {"name": "mine", "count": 1, "items": items}
    _, calls = one_answer(shared, "sql", sql(BY_KIND), examples=examples)
    assert said_to(calls[0])["examples"] == [{"question": "fees of each kind of visit", "sql": "SELECT 1"}]


def test_progress_is_told_step_by_step(shared: Path) -> None:
    with answering(shared, REPAIR, in_turn(sql("SELECT nothing"), sql(BY_KIND))) as (handler, _):
        events = list(handler.stream(QUESTION))
    steps = [event.step for event in events[:-1]]  # type: ignore[union-attr]
    assert steps == ["reading", "linking", "asking", "trying", "linking", "asking", "trying", "drawing"]


def test_without_its_model_the_declared_fallback_answers_and_says_why(shared: Path) -> None:
    fallback = [{"provider": "builtin", "model": "builtin", "strategy": {"kind": "semantic"}}]
    with answering(shared, "sql", in_turn(Fails(401, "wrong key")), fallback=fallback) as (handler, _):
        answer = handler.ask("total fee by kind")
    assert answer.error is None
    assert sorted(answer.rows) == KINDS
    assert answer.model == "builtin"
    assert "builtin answered instead of m-1" in (answer.fallback or "")
    assert "wrong key" in (answer.fallback or "")


def test_without_a_fallback_the_person_is_told(shared: Path) -> None:
    answer, _ = one_answer(shared, "sql", Fails(401, "wrong key"))
    assert answer.error is not None
    assert answer.error.code == "model_access_denied"
    assert answer.usage.attempts == 1


def test_the_safety_filter_is_told(shared: Path) -> None:
    answer, _ = one_answer(shared, "sql", Says("", "blocked"))
    assert answer.error is not None
    assert answer.error.code == "model_blocked"
