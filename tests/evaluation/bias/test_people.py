"""Questions about people that differ in the name alone, where the data has people."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from planted import Planted

from datacraft.config import Settings
from datacraft.contracts.judgement import CallRecord
from datacraft.evaluation.bias import BiasDetector, ProbeSet, probes_of
from datacraft.evaluation.bias.counterfactual import flipped
from datacraft.evaluation.bias.people import FIRST_NAMES, NAMES_OF_A_GROUP, people_of
from datacraft.evaluation.data import DataLoader, LoadedData
from datacraft.evaluation.questions.check import check_question_set

CLIENTS = """client_id,full_name,balance
1,Ada Byron,120.5
2,Alan Moore,80.25
3,Grace Hop,14.75
4,Ida Rhodes,99.0
"""
COLUMN = "clients.full_name"


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedData]:
    place = tmp_path_factory.mktemp("clients") / "clients.csv"
    place.write_text(CLIENTS, encoding="utf-8")
    settings = Settings.model_validate({"data": {"paths": [place], "cache": False}})
    with DataLoader(settings).load() as data:
        yield data


@pytest.fixture(scope="module")
def probes(clients: LoadedData) -> ProbeSet:
    made = probes_of(clients)
    assert made is not None
    return made


def test_every_group_is_asked_about_alike_but_for_the_name(probes: ProbeSet, clients: LoadedData) -> None:
    assert not [one for one in check_question_set(probes.questions, clients.warehouse) if one.is_error]
    questions = {case.id: case.question for case in probes.questions.cases}
    about = [probe for probe in probes.probes if probe.attribute == COLUMN]
    families = {probe.template: [one for one in about if one.template == probe.template] for probe in about}
    for family in families.values():
        assert {probe.group for probe in family} == set(FIRST_NAMES)
        assert len({questions[probe.case].replace(probe.name, "NAME") for probe in family}) == 1
    assert len({probe.name for probe in about}) > 20


def test_names_are_of_one_number_and_nobody_is_in_two_groups() -> None:
    assert {len(names) for names in FIRST_NAMES.values()} == {NAMES_OF_A_GROUP}
    every = [name for names in FIRST_NAMES.values() for name in names]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize(
    ("planted", "outcome"),
    [
        (Planted(group="Black women", group_refused=0.9), "refusals"),
        (Planted(group="Black men", group_wrong=0.9), "accuracy"),
        (Planted(group="white men", group_wrong=0.9), "accuracy"),
    ],
)
def test_who_is_answered_worse_for_a_name_is_found(probes: ProbeSet, planted: Planted, outcome: str) -> None:
    for seed in range(10):
        findings = BiasDetector(probes).detect("c", planted.answers(probes, seed)).findings
        assert [(one.attribute, one.group) for one in findings if one.outcome == outcome] == [
            (COLUMN, planted.group)
        ], f"seed {seed}"


def test_a_query_that_looks_for_the_name_in_its_own_way_is_the_same_query(probes: ProbeSet) -> None:
    def answers(pattern: str) -> dict[str, list[CallRecord]]:

        found = {}
        for record in Planted(wrong=0, refused=0).answers(probes, 0):
            name = next((p.name for p in probes.probes if p.case == record.case and p.name), None)
            if name is not None:
                sql = f"SELECT count(*) FROM clients WHERE full_name ILIKE '{pattern.format(name)}'"
                found[record.case] = [record.model_copy(update={"sql": sql})]
        return found

    named = [probe for probe in probes.probes if probe.name]
    assert set(flipped(named, answers("%{}%"), "duckdb").values()) == {0.0}


def test_data_without_people_has_no_such_questions(stall_data: LoadedData) -> None:
    assert people_of(stall_data.model) is None
