"""Plans that can't be rendered say what is missing, and where to look."""

from __future__ import annotations

from typing import Any

import pytest
from render_cases.shop import load_cases, schema

from datacraft.contracts.errors import InputError
from datacraft.contracts.plan import Output, QueryPlan, ScalarPlan
from datacraft.sql.render import render

CASES = [pytest.param(case, id=case["name"]) for case in load_cases("errors.yaml")]


@pytest.mark.parametrize("case", CASES)
def test_a_contradictory_plan_is_refused_by_name(case: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        render(case["plan"], schema=schema())
    assert case["says"] in error.value.message + (error.value.hint or "")
    assert error.value.hint or "literal" in error.value.message


def test_a_mistake_in_a_nested_plan_is_found() -> None:
    (bad,) = (case["plan"] for case in load_cases("errors.yaml") if case["name"] == "an unknown column")
    outer = QueryPlan(outputs=(Output(name="x", expression=ScalarPlan(plan=bad)),))
    with pytest.raises(InputError, match=r"orders\.colour"):
        render(outer, schema=schema())


def test_an_unknown_dialect_is_refused() -> None:
    plan = load_cases("lists.yaml")[0]["plan"]
    with pytest.raises(InputError, match="oracle"):
        render(plan, schema=schema(), dialect="oracle")
