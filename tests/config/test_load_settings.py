from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from datacraft.config import Settings, effective_settings, load_settings
from datacraft.config.sources import PUBLIC_NAMES, setting_fields, variable_name
from datacraft.contracts.errors import ConfigError

BROKEN = yaml.safe_load((Path(__file__).parent / "data" / "broken_files.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_without_anything_the_defaults_hold(folder: Path) -> None:
    found = load_settings(environ={})
    assert found == Settings()
    assert found.serve.port == 8501
    assert found.state_dir == folder / ".datacraft"
    assert found.database_url == f"sqlite:///{folder}/.datacraft/datacraft.db"
    assert found.registry_url == (folder / ".datacraft" / "registry").as_uri()


def test_arguments_go_before_environment_before_file_before_defaults(folder: Path) -> None:
    (folder / "datacraft.yaml").write_text("serve:\n  port: 1\n  queue: 1\n  concurrency: 1\nchannel: file\n")
    environ = {"DATACRAFT_SERVE__PORT": "2", "DATACRAFT_SERVE__QUEUE": "2"}
    found = load_settings(environ=environ, arguments={"serve.port": 3, "serve.queue": None})
    assert (found.serve.port, found.serve.queue, found.serve.concurrency) == (3, 2, 1)
    assert found.channel == "file"
    assert found.serve.host == "127.0.0.1"


def test_the_origin_of_every_value_is_shown(folder: Path) -> None:
    file = folder / "datacraft.yaml"
    file.write_text("# note\nserve:\n  queue: 1\ndata:\n  paths:\n    - sales.csv\n")
    found = load_settings(
        environ={"PORT": "2", "GCS_BUCKET_NAME": "releases"}, arguments={"channel": "canary"}
    )
    rows = {row.key: (row.value, row.origin) for row in effective_settings(found)}
    assert list(rows) == list(setting_fields())
    assert rows["serve.queue"] == ("1", "datacraft.yaml:3")
    assert rows["data.paths"] == (f"[{folder / 'sales.csv'}]", "datacraft.yaml:5")
    assert rows["serve.port"] == ("2", "environment PORT")
    assert rows["channel"] == ("canary", "argument")
    assert rows["serve.host"] == ("127.0.0.1", "default")
    assert rows["registry.url"] == ("gs://releases", "gcp.bucket, environment GCS_BUCKET_NAME")


def test_a_password_is_never_shown() -> None:
    found = load_settings(environ={"DATACRAFT_DATABASE_URL": "postgresql+psycopg://ann:hunter2@db/history"})
    shown = {row.key: row.value for row in effective_settings(found)}
    assert shown["database_url"] == "postgresql+psycopg://ann:***@db/history"


ROUTES = ("serve.predict_route", "serve.health_route")


@pytest.mark.parametrize(("variable", "key"), PUBLIC_NAMES.items())
def test_the_public_names_are_understood_and_our_own_go_first(folder: Path, variable: str, key: str) -> None:
    values = {"serve.port": ("1", "2")} | dict.fromkeys(ROUTES, ("/public", "/own"))
    public, own = values.get(key, ("http://public", "http://own"))
    rows = {row.key: row for row in effective_settings(load_settings(environ={variable: public}))}
    assert (rows[key].value, rows[key].origin) == (public, f"environment {variable}")
    both = load_settings(environ={variable: public, variable_name(key): own})
    assert {row.key: row.value for row in effective_settings(both)}[key] == own


def test_an_empty_variable_counts_as_unset(folder: Path) -> None:
    assert load_settings(environ={"PORT": "", "DATACRAFT_CHANNEL": " ", "GCS_BUCKET_NAME": ""}) == Settings()


def test_a_list_of_paths_in_a_variable_is_written_as_in_path(folder: Path) -> None:
    assert load_settings(environ={"DATACRAFT_DATA__PATHS": "a.csv:b, c.csv"}).data.paths == (
        Path("a.csv"),
        Path("b, c.csv"),
    )


def test_an_emulator_may_be_named_without_scheme(folder: Path) -> None:
    assert (
        load_settings(environ={"STORAGE_EMULATOR_HOST": "localhost:4443"}).registry.endpoint
        == "http://localhost:4443"
    )


def test_the_file_is_found_by_argument_then_by_variable_then_in_the_working_folder(folder: Path) -> None:
    for name in ("one.yaml", "two.yaml", "datacraft.yaml"):
        (folder / name).write_text(f"channel: {name.split('.')[0]}\n")
    environ = {"DATACRAFT_CONFIG": "two.yaml"}
    assert load_settings(Path("one.yaml"), environ=environ).channel == "one"
    assert load_settings(environ=environ).channel == "two"
    assert load_settings(environ={}).channel == "datacraft"


def test_a_named_file_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.yaml can't be read: No such file"):
        load_settings(environ={"DATACRAFT_CONFIG": "gone.yaml"})


def test_paths_in_a_file_start_at_its_own_folder(folder: Path) -> None:
    (folder / "etc").mkdir()
    (folder / "etc" / "my.yaml").write_text(
        "state_dir: state\ndata: {paths: [../a.csv, /b.csv], semantic: s.yaml}\n"
    )
    found = load_settings(Path("etc/my.yaml"), environ={})
    assert found.state_dir == folder / "etc" / "state"
    assert found.data.semantic == folder / "etc" / "s.yaml"
    assert [path.resolve() for path in found.data.paths] == [folder / "a.csv", Path("/b.csv")]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case["why"])
def test_a_broken_file_is_an_error_that_names_line_and_key(folder: Path, case: dict[str, str]) -> None:
    (folder / "datacraft.yaml").write_text(case["text"], encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load_settings(environ={})
    assert case["message"] in raised.value.message
    assert case.get("hint", "") in (raised.value.hint or "")


def test_a_file_of_other_bytes_is_an_error(folder: Path) -> None:
    (folder / "datacraft.yaml").write_bytes(b"channel: \xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_settings(environ={})


def test_every_wrong_value_is_named_at_once_with_its_origin(folder: Path) -> None:
    (folder / "datacraft.yaml").write_text("serve:\n  port: many\n")
    with pytest.raises(ConfigError) as raised:
        load_settings(environ={"DATACRAFT_WAREHOUSE__ROW_LIMIT": "0"}, arguments={"log_level": "loud"})
    lines = raised.value.message.splitlines()
    assert len(lines) == 3
    assert "argument: log_level: should be 'debug', 'info', 'warning' or 'error', not 'loud'." in lines
    assert "datacraft.yaml:2: serve.port: should be a valid integer, not 'many'." in lines
    assert any(
        line.startswith("environment DATACRAFT_WAREHOUSE__ROW_LIMIT: warehouse.row_limit: ") for line in lines
    )


def test_a_misspelt_variable_is_an_error_and_a_foreign_one_is_not(folder: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(environ={"DATACRAFT_CHANEL": "canary"})
    assert raised.value.hint is not None
    assert "DATACRAFT_CHANNEL" in raised.value.hint
    foreign = {"DATACRAFT_SERVICE_HOST": "10.0.0.1", "DATACRAFT_PORT_8501_TCP": "tcp://10.0.0.1:8501"}
    assert load_settings(environ=foreign) == Settings()


def test_an_unknown_argument_is_an_error_with_a_suggestion(folder: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_settings(environ={}, arguments={"serve.prot": 1})
    assert raised.value.hint is not None
    assert raised.value.hint.startswith("Did you mean serve.port?")


def test_settings_do_not_change(folder: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(environ={}).serve.port = 1  # type: ignore[misc]


@settings(max_examples=60)
@given(text=st.text(alphabet=st.sampled_from("abserv e:\n-{}[]'\"|>&*!#%@`,?\t01.")))
def test_no_text_of_a_file_gives_anything_but_settings_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        load_settings(file, environ={})
    except ConfigError as error:
        assert "any.yaml" in error.message


def test_the_page_on_configuring_lists_every_setting_as_the_code_has_it() -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "configure.md").read_text(encoding="utf-8")
    wanted = [
        f"| `{key}` | `{(info.default_factory and 'sqlite:///…') or _written(info.default)}` "
        f"| {''.join(f'`{name}`, ' for name, meant in PUBLIC_NAMES.items() if meant == key)}"
        f"`{variable_name(key)}` | {info.description} |"
        for key, info in setting_fields().items()
    ]
    assert [line for line in page.splitlines() if line.startswith("| `")] == wanted, "\n".join(wanted)


def _written(default: object) -> object:
    if isinstance(default, tuple):
        return list(default)
    return "null" if default is None else str(default).lower() if isinstance(default, bool) else default
