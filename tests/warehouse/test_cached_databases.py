"""Data is read once, then opened from the cache until the files change."""

import os
import subprocess
import sys
import textwrap

import pytest

from datacraft.contracts.errors import ConfigError, DataCraftError
from datacraft.warehouse import WarehouseSettings, open_data
from datacraft.warehouse.loading import load as loading


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("region,amount\nEast,1\nWest,oops\n" + "".join(f"North,{i}\n" for i in range(30)))
    return path


def total(warehouse):
    return warehouse.execute("SELECT sum(amount) FROM sales", timeout_s=10, max_rows=1).rows[0][0]


def databases(cache):
    return sorted(path.name for path in cache.glob("*.duckdb"))


def test_a_second_start_reads_nothing_and_still_has_the_report(data, tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    with open_data([data], cache_dir=cache) as first:
        report = first.report

    def unexpected(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(loading, "load", unexpected)
    with open_data([data], cache_dir=cache) as second:
        assert second.report == report
        assert second.identity == first.identity
        assert [f.code for f in second.report.tables[0].findings] == ["unread_values"]
        assert total(second) == 436


def test_changed_files_are_read_again_and_the_old_database_goes(data, tmp_path):
    cache = tmp_path / "cache"
    open_data([data], cache_dir=cache).close()
    before = databases(cache)
    data.write_text("region,amount\nEast,5\n")
    with open_data([data], cache_dir=cache) as warehouse:
        assert total(warehouse) == 5
    assert len(databases(cache)) == 1
    assert databases(cache) != before


def test_other_settings_of_reading_are_another_database(data, tmp_path):
    cache = tmp_path / "cache"
    with open_data([data], cache_dir=cache) as first:
        pass
    with open_data([data], cache_dir=cache, settings=WarehouseSettings(day_first=True)) as second:
        assert second.identity != first.identity


@pytest.mark.parametrize("damage", [b"", b"not a database", None])
def test_a_damaged_database_is_made_again(data, tmp_path, damage):
    cache = tmp_path / "cache"
    open_data([data], cache_dir=cache).close()
    path = next(cache.glob("*.duckdb"))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2] if damage is None else damage)
    with open_data([data], cache_dir=cache) as warehouse:
        assert total(warehouse) == 436


def test_a_load_that_fails_leaves_nothing_behind(data, tmp_path, monkeypatch):
    cache = tmp_path / "cache"

    def failing(_sources, _findings, target, *_: object) -> None:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(loading, "load", failing)
        with pytest.raises(KeyboardInterrupt):
            open_data([data], cache_dir=cache)
    assert list(cache.iterdir()) == []
    with open_data([data], cache_dir=cache) as warehouse:
        assert total(warehouse) == 436


def test_without_a_cache_nothing_stays(data, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "tmp").mkdir()
    with open_data([data]) as warehouse:
        assert total(warehouse) == 436
        assert list((tmp_path / "tmp").iterdir())
    assert list((tmp_path / "tmp").iterdir()) == []


def test_processes_that_start_at_once_all_succeed(data, tmp_path):
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from datacraft.warehouse import open_data
        with open_data([sys.argv[1]], cache_dir=Path(sys.argv[2])) as warehouse:
            print(warehouse.execute("SELECT sum(amount) FROM sales", timeout_s=10, max_rows=1).rows[0][0])
    """)
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(data), str(tmp_path / "cache")],
            stdout=subprocess.PIPE,
            env=dict(os.environ),
            text=True,
        )
        for _ in range(3)
    ]
    assert [process.communicate(timeout=60)[0].strip() for process in started] == ["436"] * 3
    assert len(databases(tmp_path / "cache")) == 1


def test_opening_from_the_cache_imports_no_reader(data, tmp_path):
    cache = tmp_path / "cache"
    open_data([data], cache_dir=cache).close()
    script = (
        "import sys; from pathlib import Path; from datacraft.warehouse import open_data; "
        "open_data([sys.argv[1]], cache_dir=Path(sys.argv[2])).close(); "
        "print([m for m in ('pandas', 'pyarrow', 'numpy', 'openpyxl', 'sqlglot', 'yaml') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(data), str(cache)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "[]"


def test_the_same_data_can_be_open_twice_in_one_process(data, tmp_path):
    cache = tmp_path / "cache"
    with open_data([data], cache_dir=cache) as first:
        with open_data([data], cache_dir=cache) as second:
            assert total(first) == total(second) == 436
            with pytest.raises(DataCraftError):
                second.execute("SELECT * FROM read_text('/etc/hostname')", timeout_s=5, max_rows=1)
        assert total(first) == 436
        with pytest.raises(ConfigError, match="other limits"):
            open_data([data], cache_dir=cache, settings=WarehouseSettings(memory_mb=300))
