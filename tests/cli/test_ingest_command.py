"""`datacraft ingest` and `datacraft data`: what they write and end with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from command_line import Command


def test_what_was_ingested_can_be_asked_about(datacraft: Command, folder: Path) -> None:
    run = datacraft("ingest", "sales.csv")
    assert run.code == 0
    assert run.out == "sales\t8\n"
    asked = datacraft(
        "ask", "total sales by region", "--data", ".datacraft/warehouse.duckdb", "--format", "csv"
    )
    assert asked.code == 0, asked.err
    assert "North" in asked.out


def test_the_same_again_says_that_nothing_changed(datacraft: Command, folder: Path) -> None:
    datacraft("ingest", "sales.csv")
    run = datacraft("ingest", "sales.csv")
    assert (run.code, run.out) == (0, "")
    assert "nothing was changed" in run.err


def test_the_tables_their_history_and_the_way_back(datacraft: Command, folder: Path) -> None:
    datacraft("ingest", "sales.csv")
    more = folder / "more.csv"
    more.write_text((folder / "sales.csv").read_text().splitlines()[0] + "\n9,2023-05-01,West,Lamp,1,20\n")
    datacraft("ingest", "more.csv", "--table", "sales", "--mode", "append")
    assert datacraft("data", "list").out.split("\t")[:5] == ["sales", "9", "6", "2", "append"]
    shown = json.loads(datacraft("data", "show", "sales").out)
    assert [source["path"] for source in shown["sources"]] == ["sales.csv", "more.csv"]
    row = json.loads(datacraft("data", "show", "sales", "--where", "region = 'West'").out)
    assert (row["_source"], row["_line"], row["order_id"]) == ("more.csv", 2, 9)
    assert json.loads(datacraft("data", "diff", "sales").out)["added_rows"] == 1
    back = datacraft("data", "rollback", "sales", "--to", "1")
    assert (back.code, back.out) == (0, "sales\t8\n")
    history = [json.loads(line) for line in datacraft("data", "history", "sales").out.splitlines()]
    assert [entry["how"] for entry in history] == ["replace", "append", "rollback"]


def test_wrong_wishes_end_with_2(datacraft: Command, folder: Path) -> None:
    assert datacraft("ingest", "nothing.csv").code == 2
    assert datacraft("ingest", "sales.csv", "--mode", "upsert").code == 2
    assert datacraft("data", "list").code == 2
    datacraft("ingest", "sales.csv")
    unknown = datacraft("data", "show", "sale")
    assert unknown.code == 2
    assert "sales" in unknown.err


def test_a_contract_that_says_reject_ends_with_10_and_loads_nothing(datacraft: Command, folder: Path) -> None:
    datacraft("ingest", "sales.csv")
    contract = folder / "contracts" / "sales.yaml"
    contract.write_text(contract.read_text().replace("on_violation: quarantine", "on_violation: reject"))
    (folder / "sales.csv").write_text(
        "order_id,order_date,region,product,quantity,sales\n1,soon,N,Lamp,2,4\n"
    )
    run = datacraft("ingest", "sales.csv")
    assert (run.code, run.out) == (10, "")
    assert "Nothing was loaded" in run.err
    assert datacraft("data", "list").out.split("\t")[1] == "8"


def test_rows_set_aside_are_shown_with_reason_and_line(datacraft: Command, folder: Path) -> None:
    datacraft("ingest", "sales.csv")
    text = (folder / "sales.csv").read_text()
    (folder / "sales.csv").write_text(text + "9,soon,North,=cmd(),1,5\n")
    run = datacraft("ingest", "sales.csv")
    assert run.out == "sales\t8\n"
    row = json.loads(datacraft("data", "show", "sales", "--set-aside").out)
    assert (row["line"], row["reason"], row["row"]["product"]) == (10, "order_date is no date", "=cmd()")
    page = Path(run.err.split("The whole report: ")[1].splitlines()[0])
    assert "order_date is no date" in page.read_text()
    kept = page.with_name("sales_set_aside.csv").read_text()
    assert ",'=cmd()," in kept, "a spreadsheet would run it"


def test_a_watched_folder_is_loaded_until_it_is_interrupted(folder: Path) -> None:
    (folder / "inbox").mkdir()
    (folder / "inbox" / "sales.csv").write_bytes((folder / "sales.csv").read_bytes())
    command = [sys.executable, "-m", "datacraft.cli", "ingest", "inbox", "--watch", "0.2"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline() == "sales\t8\n"
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=60)
    assert watching.returncode in (130, -signal.SIGINT)
