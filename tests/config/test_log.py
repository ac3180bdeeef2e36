from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from datacraft.config import configure_logging, log_context, mask_text

LOG = logging.getLogger("datacraft.test")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _leave_logging_as_it_was() -> Iterator[None]:
    root, ours = logging.getLogger(), logging.getLogger("datacraft")
    before = (list(root.handlers), root.level, ours.level)
    yield
    root.handlers[:], _, _ = before
    root.setLevel(before[1])
    ours.setLevel(before[2])


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_machine_gets_one_json_object_a_line() -> None:
    stream = io.StringIO()
    configure_logging("info", stream)
    LOG.info("Release %s loaded", "r1", extra={"duration_ms": 3})
    (line,) = lines(stream)
    assert line["event"] == "Release r1 loaded"
    assert line["level"] == "info"
    assert line["duration_ms"] == 3
    assert str(line["timestamp"]).endswith("Z")


def test_a_person_gets_text() -> None:
    stream = Terminal()
    configure_logging("info", stream)
    LOG.warning("Registry away", extra={"release": "r1"})
    assert "Registry away" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_the_level_is_ours_and_other_libraries_are_heard_from_warnings_on() -> None:
    stream = io.StringIO()
    configure_logging("debug", stream)
    LOG.debug("ours")
    logging.getLogger("elsewhere").info("theirs")
    logging.getLogger("elsewhere").warning("their warning")
    assert [line["event"] for line in lines(stream)] == ["ours", "their warning"]


def test_configuring_again_replaces_the_first() -> None:
    first, second = io.StringIO(), io.StringIO()
    configure_logging("info", first)
    configure_logging("info", second)
    LOG.info("once")
    assert first.getvalue() == ""
    assert len(lines(second)) == 1


def test_secrets_are_masked_wherever_they_stand() -> None:
    stream = io.StringIO()
    configure_logging("info", stream)
    extra = {
        "api_key": "abc",
        "headers": {"Authorization": "Bearer abc", "accept": "*/*"},
        "urls": ["postgres://ann:abc@db/x"],
        "input_tokens": 35,
    }
    try:
        raise ValueError("https://ann:abc@host?token=abc&x=1")
    except ValueError:
        LOG.exception("Failed at https://host/?access_token=abc with Bearer abc", extra=extra)
    assert "abc" not in stream.getvalue()
    (line,) = lines(stream)
    assert line["input_tokens"] == 35
    assert line["headers"] == {"Authorization": "***", "accept": "*/*"}
    assert "&x=1" in str(line["exception"])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://u:p@ss@host/db", "postgresql://u:***@host/db"),
        ("two a://u:p@h and b://v:q@i", "two a://u:***@h and b://v:***@i"),
        ("http://host:8501/path", "http://host:8501/path"),
        ("mail ann@example.com at 10:30", "mail ann@example.com at 10:30"),
        ("password=hunter2 next", "password=*** next"),
        ("the key of the table", "the key of the table"),
    ],
)
def test_only_the_secret_part_of_a_text_is_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


def test_context_reaches_every_line_within_and_none_after_and_no_other_thread() -> None:
    stream = io.StringIO()
    configure_logging("info", stream)
    with log_context(request_id="r1"):
        with log_context(question_id="q1"):
            LOG.info("inner")
        LOG.info("outer")
        other = threading.Thread(target=LOG.info, args=("elsewhere",))
        other.start()
        other.join()
    LOG.info("after")
    seen = {line["event"]: (line.get("request_id"), line.get("question_id")) for line in lines(stream)}
    assert seen == {
        "inner": ("r1", "q1"),
        "outer": ("r1", None),
        "elsewhere": (None, None),
        "after": (None, None),
    }


def test_a_command_with_nothing_to_say_loads_no_log_writer() -> None:
    code = (
        "import sys, datacraft.config as c; c.configure_logging(); "
        "print([m for m in ('structlog', 'pandas', 'streamlit', 'google.cloud') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
