"""What the built-in engine answers, asks back or refuses, on small databases that can be checked by hand."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import DataCraftError
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.proposal import Turn
from datacraft.engines.semantic import SemanticEngine
from datacraft.profiles import ValueIndex, build_value_index, infer_semantic_model
from datacraft.sql.compare import Table, same_result
from datacraft.sql.render import SchemaView, render
from datacraft.warehouse import open_data

HERE = Path(__file__).parent
CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (HERE / "semantic_cases.yaml").read_text(encoding="utf-8")
)
NAMED = [
    pytest.param(place, case, id=f"{place}: {case['ask']}")
    for place, cases in CASES.items()
    for case in cases
]


class Place:
    """A database with an engine over it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.warehouse = open_data([HERE / name], cache_dir=folder)
        connection = self.warehouse._connection.cursor()
        model = infer_semantic_model(connection)
        build_value_index(connection, model, folder / "values.sqlite")
        self.engine = SemanticEngine(model, ValueIndex(folder / "values.sqlite"))
        self.schema = SchemaView.from_model(model)

    def plan(self, question: str, before: list[str]) -> QueryPlan:
        history: list[Turn] = []
        for earlier in before:
            history.append(Turn(question=earlier, plan=self.engine.propose(earlier, history).plan))
        return self.engine.propose(question, history).plan

    def rows(self, question: str, before: list[str]) -> Table:
        sql = render(self.plan(question, before), schema=self.schema).sql
        result = self.warehouse.execute(sql, timeout_s=10, max_rows=1000)
        return Table([column.name for column in result.columns], result.rows)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Place]]:
    made = {name: Place(name, tmp_path_factory.mktemp(name)) for name in CASES}
    yield made
    for place in made.values():
        place.warehouse.close()


@pytest.mark.parametrize(("place", "case"), NAMED)
def test_a_question_gets_the_rows_a_person_expects_or_an_honest_error(
    places: dict[str, Place], place: str, case: dict[str, Any]
) -> None:
    before = case.get("after", [])
    if "error" in case:
        with pytest.raises(DataCraftError) as caught:
            places[place].rows(case["ask"], before)
        assert caught.value.code == case["error"]
        assert case.get("names", "") in caught.value.message
        return
    shown = places[place].rows(case["ask"], before)
    expected = Table([f"c{i}" for i in range(len(case["rows"][0]))], case["rows"])
    assert same_result(expected, shown, extra_columns=2), shown


def test_a_plan_survives_json(places: dict[str, Place]) -> None:
    for case in CASES["library"]:
        if "rows" in case:
            plan = places["library"].plan(case["ask"], case.get("after", []))
            assert QueryPlan.model_validate_json(plan.model_dump_json()) == plan


def test_one_engine_answers_many_threads_alike(places: dict[str, Place]) -> None:
    questions = [case["ask"] for case in CASES["library"] if "rows" in case and "after" not in case]
    alone = [places["library"].plan(question, []) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        for together in pool.map(lambda _: [places["library"].plan(q, []) for q in questions], range(4)):
            assert together == alone


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_gets_a_plan_or_a_clear_error(places: dict[str, Place], text: str) -> None:
    try:
        places["library"].engine.propose(text, [])
    except DataCraftError as error:
        assert error.message


@settings(max_examples=60, deadline=None)
@given(word=st.from_regex(r"[bcdfghjklmnpqrstvwxz]{7,12}", fullmatch=True))
def test_a_word_that_nothing_explains_is_never_passed_over(places: dict[str, Place], word: str) -> None:
    with pytest.raises(DataCraftError):
        places["library"].engine.propose(f"how many {word} members are there", [])
