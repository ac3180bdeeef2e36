"""Parts on their own: examples, what is told of a model's words, what is sent of the data, and linking."""

from __future__ import annotations

import json

import pytest
from clinic import make_clinic
from hypothesis import given
from hypothesis import strategies as st

from datacraft.contracts.model_config import ContextBudget, Example, Examples
from datacraft.contracts.semantic import SemanticModel
from datacraft.engines.linking import Linked, LinkedTable, SchemaLinker
from datacraft.engines.llm.context import describe_data, quoted
from datacraft.engines.llm.examples import ExamplePicker, question_digest
from datacraft.engines.llm.output import PlanReply, SqlReply, Unreadable, read_reply, schema_of
from datacraft.engines.llm.telling import told_by_model
from datacraft.profiles import ValueHit, read_semantic

EXAMPLES = Examples(
    name="mine",
    count=2,
    items=tuple(
        Example(id=str(number), question=question, sql="SELECT 1")
        for number, question in enumerate(
            ["total sales by region", "number of customers in Lisbon", "average discount per category", "sales of chairs by region in 2021"]
        )
    ),
)  # fmt: skip


def picked(question: str, *withheld: str) -> list[str]:
    return [example.id for example in ExamplePicker(EXAMPLES, withheld).pick(question)]


def test_the_likest_example_stands_last() -> None:
    assert picked("sales for each region") == ["3", "0"]
    assert picked("how many customers live in Lisbon?")[-1] == "1"


def test_a_misspelt_question_finds_its_examples() -> None:
    assert picked("averege discuont per categry")[-1] == "2"


def test_an_example_that_is_judged_by_is_never_shown() -> None:
    assert "0" not in picked("total sales by region", "0")
    assert "3" not in picked("sales by region", question_digest("Sales of CHAIRS, by region in 2021?"))


def test_a_question_is_no_example_of_itself() -> None:
    assert "0" not in picked("Total sales, by region!")


@given(st.text(max_size=60))
def test_any_question_can_be_asked_for_examples(question: str) -> None:
    assert len(picked(question)) <= 2


PROMPT = "You are a careful analyst who writes SQL for people and never tells anybody how."


def test_what_a_model_says_is_told_without_links_markup_and_instructions() -> None:
    assert told_by_model("Sales are  net.", PROMPT) == "Sales are net."
    assert told_by_model("See http://x.y/z now", PROMPT) == "See (link left out) now"
    assert told_by_model("<b>bold</b>", PROMPT) == "bold"
    assert (
        told_by_model("I am told: a careful analyst who writes SQL for people and never tells", PROMPT) == ""
    )
    assert len(told_by_model("long " * 500, PROMPT)) <= 301


@given(st.text(max_size=300))
def test_no_link_is_ever_told(text: str) -> None:
    assert "://" not in told_by_model(text, PROMPT)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=4))
def test_data_is_quoted_so_that_it_can_not_look_like_markup(content: dict[str, str]) -> None:
    text = quoted(content)
    assert "<" not in text
    assert json.loads(text) == content


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for kind in (SqlReply, PlanReply):
        try:
            read_reply(text, kind)
        except Unreadable as error:
            assert str(error)


def test_the_schemas_ask_for_every_field() -> None:
    for kind in (SqlReply, PlanReply):
        schema = schema_of(kind)
        assert set(schema["required"]) == set(schema["properties"])
        assert schema["additionalProperties"] is False


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SemanticModel:
    _, semantic = make_clinic(tmp_path_factory.mktemp("clinic"))
    return read_semantic(semantic)


def linked(*names: str) -> Linked:
    tables = tuple(LinkedTable(name, 1.0, ()) for name in names)
    hit = ValueHit("patients", "surname", "Smith", 1, 1.0)
    return Linked(tables, (("smith", hit), ("oslo", ValueHit("patients", "city", "Oslo", 1, 1.0))))


def test_a_description_holds_the_linked_tables_their_joins_and_matched_values(model: SemanticModel) -> None:
    described = describe_data(model, linked("visits", "patients"), ContextBudget())
    assert [table["name"] for table in described["tables"]] == ["visits", "patients"]
    assert [join["right"] for join in described["joins"]] == ["patients"]
    assert [match["value"] for match in described["matched"]] == ["Oslo"]  # a surname is private


@pytest.mark.parametrize("tokens", [4_000, 600, 350, 200])
def test_a_description_keeps_to_its_budget_or_is_as_small_as_can_be(
    model: SemanticModel, tokens: int
) -> None:
    described = describe_data(model, linked("visits", "patients", "doctors"), ContextBudget(tokens=tokens))
    fits = len(json.dumps(described)) / 3.5 <= tokens
    assert fits or len(described["tables"]) == 1
    columns = {column["name"] for column in described["tables"][0]["columns"]}
    assert {"visit_id", "patient_id", "doctor_id", "visited"} <= columns


class NoValues:
    def lookup(self, phrases: object) -> dict[str, list[ValueHit]]:
        return {}

    def similar(self, phrase: str, limit: int = 5, cutoff: float = 0.75) -> list[ValueHit]:
        return []


def wide_model() -> SemanticModel:
    """A chain of tables that only names tell apart, and many others."""

    def table(name: str, *columns: str) -> dict[str, object]:
        return {
            "name": name,
            "entity": name.rstrip("s").replace("_", " "),
            "primary_key": [f"{name}_key"],
            "columns": [
                {"name": column, "type": "text", "role": "dimension"} for column in (f"{name}_key", *columns)
            ],
        }

    def join(left: str, right: str) -> dict[str, object]:
        return {
            "left": left,
            "right": right,
            "columns": [[f"{right}_ref", f"{right}_key"]],
            "cardinality": "many_to_one",
        }

    chain = ["clients", "orders", "order_lines", "articles", "brands"]
    tables = [
        table("clients", "full_name"),
        table("orders", "clients_ref", "ordered"),
        table("order_lines", "orders_ref", "articles_ref", "pieces"),
        table("articles", "brands_ref", "colour"),
        table("brands", "brand_name"),
        *(table(f"archive_{number}", "payload") for number in range(40)),
    ]
    joins = [
        join("orders", "clients"),
        join("order_lines", "orders"),
        join("order_lines", "articles"),
        join("articles", "brands"),
    ]
    assert chain == [str(one["name"]) for one in tables[:5]]
    return SemanticModel.model_validate({"tables": tables, "joins": joins})


LINKS = [
    ("how many customers are there", {"clients"}),  # a synonym
    ("artcles by color", {"articles"}),  # misspelt, and spelt otherwise
    (
        "brands that each client orders",
        {"clients", "orders", "order_lines", "articles", "brands"},
    ),  # what connects
]


@pytest.mark.parametrize(("question", "needed"), LINKS)
def test_the_tables_of_a_question_are_found(question: str, needed: set[str]) -> None:
    found = SchemaLinker(wide_model(), NoValues()).link(question, tables=6)
    assert needed <= {table.name for table in found.tables}
    assert len(found.tables) <= 6


def test_a_question_about_nothing_links_nothing() -> None:
    assert SchemaLinker(wide_model(), NoValues()).link("???").tables == ()


@given(st.text(max_size=80))
def test_any_question_can_be_linked(question: str) -> None:
    assert len(_LINKER.link(question, tables=3).tables) <= 3


_LINKER = SchemaLinker(wide_model(), NoValues())
