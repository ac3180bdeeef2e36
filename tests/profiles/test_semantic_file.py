"""The semantic file: written compactly, read back whole, and wrong in ways that name the line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.contracts.errors import ConfigError
from datacraft.contracts.semantic import Column, Join, NamedFilter, NamedMeasure, SemanticModel, Table
from datacraft.profiles import read_inferred, read_semantic, write_inferred, write_semantic
from datacraft.profiles.semantic_yaml import from_yaml, to_yaml

TEXT = """\
schema_version: 1
tables:
- name: orders
  entity: order
  primary_key: [id]
  columns:
  - {name: id, type: integer, role: id}
  - name: sales
    type: number
    role: measure
    synonyms: [no, yes, 2021-01-01]
  - {name: status, type: text, role: dimension}
measures:
- {name: total, table: orders, formula: sum(sales)}
filters:
- name: active
  table: orders
  condition: status = 'A'
"""


def model() -> SemanticModel:
    return from_yaml(TEXT, "semantic.yaml")


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "semantic.yaml"
    write_semantic(path, model())
    assert read_semantic(path) == model()
    (tmp_path / ".semantic.yaml.compiled.json").unlink()
    assert read_semantic(path) == model()


def test_fields_with_their_usual_value_are_left_out() -> None:
    assert "null_fraction" not in to_yaml(model())
    assert "sensitive" not in to_yaml(model())


def test_words_that_yaml_would_take_for_dates_or_truth_stay_words() -> None:
    assert model().column("orders", "sales").synonyms == ["no", "yes", "2021-01-01"]


def test_an_edit_counts_at_once_although_a_compiled_form_lies_beside(tmp_path: Path) -> None:
    path = tmp_path / "semantic.yaml"
    write_semantic(path, model())
    path.write_text(
        path.read_text(encoding="utf-8").replace("entity: order", "entity: purchase"), encoding="utf-8"
    )
    assert read_semantic(path).table("orders").entity == "purchase"


def test_a_damaged_compiled_form_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "semantic.yaml"
    write_semantic(path, model())
    kept = tmp_path / ".semantic.yaml.compiled.json"
    kept.write_bytes(kept.read_bytes().split(b"\n")[0] + b"\n{broken")
    assert read_semantic(path) == model()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("role: measure", "role: metric", 10, "role: input should be 'id'"),
        ("entity: order", "entitty: order", 4, "unknown key; did you mean `entity`?"),
        ("    type: number\n", "", 8, "columns[1].type: this key is required"),
        ("role: measure", "role: measure\n    role: id", 11, "this key is given twice"),
        ("primary_key: [id]", "primary_key: [idd]", 5, "no column `idd`; did you mean `id`?"),
        ("sum(sales)", "sum(salez)", 14, "`salez`, which is no column of `orders`; did you mean `sales`?"),
        ("sum(sales)", "sum(sales", 14, "can't be read"),
        ("sum(sales)", "sales", 14, "must aggregate"),
        ("sum(sales)", "(SELECT 1)", 14, "without a query"),
        ("sum(sales)", "sum(sales) FROM orders", 14, "not a statement"),
        ("status = 'A'", "stat = 'A'", 18, "did you mean `status`?"),
        ("status = 'A'", "sum(sales) > 1", 18, "without an aggregate"),
        (
            "table: orders\n  condition",
            "table: order\n  condition",
            17,
            "no table `order`; did you mean `orders`?",
        ),
        ("tables:", "tables: [", 3, "not YAML"),
        ("- {name: id,", "- {name: sales,", 8, "described twice"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_key(old: str, new: str, line: int, says: str) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError) as caught:
        from_yaml(TEXT.replace(old, new, 1), "semantic.yaml")
    found = [text for text in caught.value.message.splitlines() if says in text]
    assert found, caught.value.message
    assert found[0].startswith(f"semantic.yaml:{line}:")


def test_names_that_joins_use_must_exist() -> None:
    joined = (
        TEXT + "joins:\n- {left: orders, right: orderz, columns: [[idd, id]], cardinality: many_to_one}\n"
    )
    with pytest.raises(ConfigError, match=r"semantic.yaml:20: joins\[0\].columns\[0\]\[0\]"):
        from_yaml(joined, "semantic.yaml")


def test_a_missing_empty_or_binary_file_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't be read"):
        read_semantic(tmp_path / "none.yaml")
    empty = tmp_path / "empty.yaml"
    empty.write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="is empty"):
        read_semantic(empty)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"tables:\n\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"binary.yaml:2: this is not UTF-8"):
        read_semantic(binary)


def test_the_inferred_copy_is_kept_beside_the_file(tmp_path: Path) -> None:
    path = tmp_path / "semantic.yaml"
    assert read_inferred(path) is None
    write_inferred(path, model())
    assert read_inferred(path) == model()
    (tmp_path / ".semantic.yaml.inferred.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigError, match="is damaged"):
        read_inferred(path)


names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
values = st.lists(st.one_of(names, st.integers(-(2**40), 2**40), st.booleans()), max_size=4)


@settings(max_examples=40, deadline=None)
@given(table=names, column=names, kept=values, synonyms=st.lists(names, max_size=3), text=names)
def test_any_names_and_values_survive_the_file(
    table: str, column: str, kept: list[str | int | bool], synonyms: list[str], text: str
) -> None:
    part = Column.model_validate(
        {
            "name": column,
            "type": "text",
            "role": "dimension",
            "values": kept,
            "synonyms": synonyms,
            "description": text,
        }
    )
    written = SemanticModel(
        tables=[Table(name=table, entity=text, columns=[part], primary_key=[column])],
        joins=[Join(left=table, right=table, columns=[(column, column)], cardinality="one_to_one")],
        measures=[NamedMeasure(name=text, table=table, formula="count(*)")],
        filters=[NamedFilter(name=text, table=table, condition="true")],
    )
    assert from_yaml(to_yaml(written), "x") == written
