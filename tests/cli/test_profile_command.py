"""`datacraft profile`: writes what the data means, keeps what people wrote."""

from __future__ import annotations

import json
from pathlib import Path

from command_line import Command

PROFILE = ("profile", "--data", "sales.csv")


def test_it_writes_the_semantic_file_and_the_statistics(datacraft: Command, folder: Path) -> None:
    run = datacraft(*PROFILE)
    assert run.code == 0
    assert run.out.strip() == "semantic.yaml"
    assert "region" in (folder / "semantic.yaml").read_text()
    statistics = json.loads((folder / ".datacraft" / "data_profile.json").read_text())
    assert statistics["tables"][0]["rows"] == 8


def test_profiling_again_keeps_edits(datacraft: Command, folder: Path) -> None:
    datacraft(*PROFILE)
    path = folder / "semantic.yaml"
    path.write_text(path.read_text().replace("- name: region\n", "- name: region\n    synonyms: [zone]\n"))
    with (folder / "sales.csv").open("a") as file:
        file.write("9,2023-05-01,West,Lamp,1,20.0\n")
    assert datacraft(*PROFILE).code == 0
    assert "zone" in path.read_text()
    assert "West" in path.read_text()
    assert datacraft("ask", "total sales by zone", "--data", "sales.csv").code == 0


def test_new_columns_are_told(datacraft: Command, folder: Path) -> None:
    datacraft(*PROFILE)
    lines = (folder / "sales.csv").read_text().splitlines()
    longer = [f"{lines[0]},channel", *(f"{line},web" for line in lines[1:])]
    (folder / "sales.csv").write_text("\n".join(longer) + "\n")
    assert "channel" in datacraft(*PROFILE).err


def test_a_file_about_other_data_is_left_alone(datacraft: Command, folder: Path) -> None:
    datacraft(*PROFILE)
    before = (folder / "semantic.yaml").read_text()
    (folder / "people.csv").write_text("name,age\nAda,36\nAlan,41\n")
    run = datacraft("profile", "--data", "people.csv")
    assert run.code == 2
    assert "--semantic" in run.err
    assert (folder / "semantic.yaml").read_text() == before
    assert datacraft("profile", "--data", "people.csv", "--semantic", "people.yaml").code == 0


def test_a_broken_semantic_file_is_named_by_its_line(datacraft: Command, folder: Path) -> None:
    datacraft(*PROFILE)
    path = folder / "semantic.yaml"
    path.write_text(path.read_text() + "nonsense: true\n")
    for command in (PROFILE, ("ask", "total sales", "--data", "sales.csv")):
        run = datacraft(*command)
        assert run.code == 2
        assert "semantic.yaml:" in run.err
        assert "nonsense" in run.err


def test_a_place_that_can_not_be_written_is_wrong_input(datacraft: Command) -> None:
    run = datacraft(*PROFILE, "--semantic", "sales.csv/semantic.yaml")
    assert run.code == 2
    assert "can't be written" in run.err
