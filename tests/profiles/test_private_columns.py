"""Which columns hold what belongs to persons."""

from __future__ import annotations

import random

import duckdb
import pytest

from datacraft.profiles import infer_semantic_model
from datacraft.profiles.private_values import PrivateKind, is_card, is_iban, private_kind


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["ann@example.org", "b.c@d.co.uk", "x+y@z.io"], PrivateKind.EMAIL),
        (["DE89 3704 0044 0532 0130 00", "GB82 WEST 1234 5698 7654 32", "FR1420041010050500013M02606"], PrivateKind.IBAN),
        (["4111 1111 1111 1111", "5500005555555559", "340000000000009", "6011000000000004", "4012888888881881"], PrivateKind.CARD),
        ([4111111111111111, 5500005555555559, 340000000000009, 6011000000000004, 4012888888881881], PrivateKind.CARD),
        (["+49 30 1234567", "+1 (555) 010-9999", "+4420 7946 0958"], PrivateKind.PHONE),
        (["555-010-1234", "(030) 123 4567", "555-010-9999"], PrivateKind.PHONE),
        (["123-45-6789", "234-56-7890", "345-67-8901", "456-78-9012", "567-89-0123"], PrivateKind.SOCIAL_SECURITY),
        (["DE89370400440532013001", "GB82WEST12345698765433", "FR1420041010050500013M02607"], None),
        (["4111111111111112", "5500005555555558", "340000000000008", "6011000000000003", "4012888888881880"], None),
        (["2024-01-02", "2024-01-03", "2024-01-04"], None),
        (["10.0.0.1", "192.168.1.1", "8.8.8.8"], None),
        (["1.2.3", "10.2.3", "4.5.6"], None),
        ([1, 2, 3, 4, 5, 6], None),
        ([], None),
        (["ann@example.org", "none", "unknown", "later"], None),
    ],
)  # fmt: skip
def test_values_are_told_by_form_and_checksum(values, kind):
    assert private_kind(values) is kind


def test_any_wrong_digit_breaks_a_checksum():
    iban, card = "DE89370400440532013000", "4111111111111111"
    for text, check in ((iban, is_iban), (card, is_card)):
        assert check(text)
        for place in range(4, len(text)):
            wrong = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
            assert not check(wrong)


def test_random_numbers_are_no_cards():
    chooser = random.Random(1)
    numbers = [str(chooser.randrange(4 * 10**15, 5 * 10**15)) for _ in range(60)]
    assert private_kind(numbers) is None


def test_private_columns_are_marked_whatever_they_are_called_and_however_many_rows_there_are():
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE people AS SELECT range AS id, 'user' || range || '@example.org' AS login, "
            "'+49 30 ' || (1000000 + range) AS reach_me, 'user ' || range AS nick FROM range(120000)"
        )
        model = infer_semantic_model(connection)
    marked = {column.name: column.sensitive for column in model.table("people").columns}
    assert marked == {"id": False, "login": True, "reach_me": True, "nick": False}
    assert model.column("people", "login").values == []
