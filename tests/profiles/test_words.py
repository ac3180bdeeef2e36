"""Names as words."""

from __future__ import annotations

import pytest

from datacraft.profiles import plural, singular, split_identifier
from datacraft.profiles.naming import Naming
from datacraft.profiles.words import verb_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("customerID", "customer id"),
        ("order_line_no", "order line no"),
        ("HTTPStatus2", "http status 2"),
        ("Sub-Category", "sub category"),
        ("Größe", "größe"),
        ("___", ""),
    ],
)
def test_names_are_taken_apart(name: str, words: str) -> None:
    assert " ".join(split_identifier(name)) == words


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("cities", "city"), ("addresses", "address"), ("people", "person"), ("diagnoses", "diagnosis"),
        ("boxes", "box"), ("branches", "branch"), ("houses", "house"), ("buses", "bus"), ("sales", "sale"),
        ("movies", "movie"), ("series", "series"), ("status", "status"), ("countries", "country"),
    ],
)  # fmt: skip
def test_nouns_have_singulars(many: str, one: str) -> None:
    assert singular(many) == one
    assert singular(one) == one
    assert singular(plural(one)) == one


@pytest.mark.parametrize(
    ("word", "verb"),
    [
        ("written", "write"),
        ("teaches", "teach"),
        ("citing", "cite"),
        ("enrolled", "enroll"),
        ("border", "border"),
    ],
)
def test_forms_lead_back_to_their_verb(word: str, verb: str) -> None:
    assert verb_of(word) == verb


def test_words_written_together_are_parted_by_what_else_the_database_says() -> None:
    naming = Naming(
        {"keyphrase": ["keyphraseid", "keyphrasename"], "cite": ["citingkeyphraseid", "valid", "paid"]}
    )
    assert naming.column("cite", "citingkeyphraseid").text == "citing keyphrase id"
    assert naming.column("keyphrase", "keyphrasename").text == "keyphrase name"
    assert naming.column("cite", "valid").text == "valid"
    assert naming.column("cite", "paid").text == "paid"


def test_initials_and_shortened_nouns_are_read_by_the_tables_there_are() -> None:
    naming = Naming(
        {"author": ["aid", "name"], "writes": ["aid", "pid"], "publication": ["pid"], "doctors": ["doc_id"]}
    )
    assert naming.column("writes", "aid").text == "author id"
    assert naming.column("writes", "pid").text == "publication id"
    assert naming.column("doctors", "doc_id").text == "doctor id"


def test_prefixes_that_every_table_or_column_bears_are_dropped() -> None:
    naming = Naming(
        {
            "zzOrder": ["zzOrId", "zzOrDate", "zzOrTotal"],
            "zzItem": ["zzItId"],
            "zzShop": ["zzShId"],
            "dim_x": ["c_a"],
        }
    )
    assert naming.table("dim_x").text == "x"
    assert naming.column("zzOrder", "zzOrDate").text == "date"
