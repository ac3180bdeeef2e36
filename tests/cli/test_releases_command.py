"""`datacraft releases`: gates, comparison and channels from the shell, with the exit codes of docs/exit-codes.md."""

from __future__ import annotations

import datetime as dt
import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from command_line import Command, Run
from real_parts import missing_part

sys.path.append(str(Path(__file__).parents[1] / "delivery"))

from releases import Model, Shop, empty_shop

GOOD, SLOW, SLOWER = Model(), Model(confidence=0.7, latency_ms=9_000), Model(confidence=0.8, latency_ms=900)


@dataclass
class Desk:
    """A registry in the working folder, and the command that works on it."""

    shop: Shop
    datacraft: Command
    folder: Path
    published: int = 0

    def publish(self, model: Model, days_ago: float = 1) -> str:
        """Publish a release; return its name."""
        self.published += 1
        at = dt.datetime.now(dt.UTC) - dt.timedelta(days=days_ago) + dt.timedelta(seconds=self.published)
        name = f"{at:%Y%m%dT%H%M%SZ}_abc{self.published:04}"
        self.shop.publish(name, model)
        return name

    def run(self, *words: object) -> Run:
        return self.datacraft("releases", *words)

    def accept(self, release: str) -> None:
        assert self.run("gates", release).code == 0
        assert self.run("compare", release).code == 0

    def promote(self, release: str, *words: object) -> Run:
        return self.run("promote", release, "--reason", "better", "--by", "ada", *words)

    def channel(self) -> bytes | None:
        """What production is, to the byte."""
        place = self.shop.root / "channels" / "production.json"
        return place.read_bytes() if place.exists() else None


@pytest.fixture
def desk(datacraft: Command, folder: Path) -> Desk:
    root = folder / ".datacraft" / "registry"
    root.mkdir(parents=True)
    return Desk(empty_shop(root), datacraft, folder)


@pytest.fixture
def serving(desk: Desk) -> Desk:
    """A desk whose first release serves."""
    first = desk.publish(GOOD)
    desk.accept(first)
    assert desk.promote(first).code == 0
    return desk


def test_a_good_first_release_goes_through_gates_and_comparison_to_production(desk: Desk) -> None:
    release = desk.publish(GOOD)
    gates = desk.run("gates", release)
    assert gates.code == 0, gates.err
    assert "execution_accuracy" in gates.out
    assert f"{release} is accepted" in gates.err
    compared = desk.run("compare", release)
    assert (compared.code, compared.out) == (0, "")
    assert "it is the first, and the gates alone decide" in compared.err
    promoted = desk.promote(release)
    assert (promoted.code, promoted.out.strip()) == (0, release), promoted.err
    assert f"production names {release}" in promoted.err
    verdicts = sorted(path.suffix for path in (desk.shop.root / "validations" / release).iterdir())
    assert verdicts == [".json", ".json", ".md", ".md"]


def test_what_the_gates_reject_ends_with_10_and_production_stays(serving: Desk) -> None:
    before, release = serving.channel(), serving.publish(SLOW)
    gates = serving.run("gates", release)
    assert gates.code == 10
    first_row = next(line for line in gates.out.splitlines() if "rejected" in line)
    assert "latency_p95" in first_row
    assert "rejected by 1 of 19 gates" in gates.err
    promoted = serving.promote(release)
    assert (promoted.code, promoted.out) == (10, "")
    assert "latency_p95" in promoted.err
    assert serving.channel() == before


def test_what_is_worse_ends_with_11_and_production_stays(serving: Desk) -> None:
    before, release = serving.channel(), serving.publish(SLOWER)
    assert serving.run("gates", release).code == 0
    compared = serving.run("compare", release)
    assert compared.code == 11
    assert "worse" in next(line for line in compared.out.splitlines() if "latency_p95" in line)
    assert serving.promote(release).code == 11
    assert serving.channel() == before


def test_without_a_verdict_nothing_is_promoted(serving: Desk) -> None:
    release = serving.publish(Model(confidence=0.6))
    refused = serving.promote(release)
    assert refused.code == 10
    assert f"datacraft releases gates {release}" in refused.err
    assert serving.run("gates", release).code == 0
    refused = serving.promote(release)
    assert refused.code == 11
    assert f"datacraft releases compare {release} --channel production" in refused.err


def test_an_override_has_a_name_and_a_reason_and_stays_in_the_history(serving: Desk) -> None:
    release = serving.publish(SLOW)
    taken = serving.run("gates", release, "--override", "latency_p95=a batch service", "--by", "bo")
    assert taken.code == 0
    assert "overridden" in taken.out
    worse = serving.run("compare", release, "--override", "agreed on", "--by", "cy")
    assert worse.code == 0
    assert serving.promote(release).code == 0
    history = serving.run("history")
    top = history.out.splitlines()[3]
    assert "latency_p95 overridden by bo: a batch service" in top
    assert "comparison overridden by cy: agreed on" in top
    listed = json.loads(serving.run("history", "--format", "json").out)
    assert [one["check"] for one in listed["history"][-1]["overrides"]] == ["latency_p95", "comparison"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--override", "latency_p95"), "can't be read"),
        (("--override", "latency_p95=a", "--override", "latency_p95=b"), "can't be read"),
        (("--override", "latency_p95= "), "needs a name and a reason"),
        (("--override", "mood=bad"), "There is no gate 'mood'"),
        (("--override", "bias=why"), "rejects nothing"),
        (("--policy", "nowhere.yaml"), "nowhere.yaml"),
    ],
)
def test_an_override_that_says_too_little_is_refused_and_nothing_is_written(
    desk: Desk, words: tuple[str, ...], message: str
) -> None:
    release = desk.publish(SLOW)
    refused = desk.run("gates", release, *words)
    assert refused.code == 2
    assert message in refused.err
    assert not (desk.shop.root / "validations").exists()


def test_the_thresholds_of_the_working_folder_hold(desk: Desk) -> None:
    release = desk.publish(GOOD)
    place = desk.folder / "ci-cd" / "config" / "ci_cd_config.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("gates:\n  max_latency_p95_ms: 50\n")
    assert desk.run("gates", release).code == 10
    place.write_text("gates:\n  max_latency: 50\n")
    wrong = desk.run("gates", release)
    assert wrong.code == 2
    assert "ci_cd_config.yaml:2: gates.max_latency: there is no such key" in wrong.err


def test_json_is_the_verdict_and_nothing_else_on_stdout(serving: Desk) -> None:
    release = serving.publish(SLOWER)
    gates = json.loads(serving.run("gates", release, "--format", "json").out)
    assert (gates["kind"], gates["release_id"], gates["accepted"]) == ("gates", release, True)
    compared = json.loads(serving.run("compare", release, "--format", "json").out)
    assert (compared["kind"], compared["accepted"], compared["method"]) == ("comparison", False, "same cases")
    channels = json.loads(serving.run("channels", "--format", "json").out)
    assert [(one["name"], one["changes"], one["pinned"]) for one in channels] == [("production", 1, None)]


def test_a_rollback_takes_a_reason_alone_and_waits_for_a_person_to_go_on(serving: Desk) -> None:
    first = serving.run("channels", "--format", "json")
    before = json.loads(first.out)[0]["release_id"]
    second = serving.publish(Model(confidence=0.6))
    serving.accept(second)
    assert serving.promote(second).code == 0
    back = serving.run("rollback", "--reason", "wrong totals", "--by", "ada")
    assert (back.code, back.out.strip()) == (0, before)
    assert serving.run("compare", second).code == 0
    waits = serving.promote(second)
    assert waits.code == 13
    assert "--again" in waits.err
    assert serving.promote(second, "--again").code == 0
    to = serving.run("rollback", "--to", before, "--reason", "again", "--by", "ada", "--format", "json")
    change = json.loads(to.out)
    assert (change["action"], change["release_id"], change["previous"]) == ("rollback", before, second)


def test_a_pinned_channel_ends_with_13_until_it_is_let_go(serving: Desk) -> None:
    assert serving.run("pin", "--reason", "the sale").code == 0
    release = serving.publish(Model(confidence=0.6))
    serving.accept(release)
    waits = serving.promote(release)
    assert waits.code == 13
    assert "releases unpin" in waits.err
    assert "the sale" in serving.run("channels").out
    assert serving.run("unpin", "--reason", "the sale is over").code == 0
    assert serving.promote(release).code == 0


def test_who_may_not_move_a_channel_ends_with_13(desk: Desk) -> None:
    (desk.folder / "policy.yaml").write_text(
        "channels:\n  production:\n    movers: [bo]\n    evidence: [gates]\n"
    )
    release = desk.publish(GOOD)
    assert desk.run("gates", release).code == 0
    assert desk.promote(release, "--policy", "policy.yaml").code == 13
    word = ("promote", release, "--reason", "better", "--policy", "policy.yaml")
    assert desk.run(*word, "--by", "bo").code == 0


def test_to_go_back_from_the_first_release_is_an_error(serving: Desk) -> None:
    before = serving.channel()
    nothing = serving.run("rollback", "--reason", "bad")
    assert nothing.code == 1
    assert "named nothing before" in nothing.err
    assert serving.channel() == before


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("promote", "20260101T000000Z_abc1234"), 2, "--reason"),
        (("promote", "20260101T000000Z_abc1234", "--reason", " "), 2, "The reason is empty"),
        (
            ("promote", "20260101T000000Z_abc1234", "--reason", "x", "--channel", "../x"),
            2,
            "no name of a channel",
        ),
        (("gates", "20260101T000000Z_abc1234"), 1, "never completed"),
        (("gates", "../../secrets"), 1, "Error"),
        (("compare", "20260101T000000Z_abc1234"), 1, "never completed"),
        (("history",), 2, "There is no channel"),
        (("history", "--channel", "a/b"), 2, "no name of a channel"),
        (("pin", "--reason", "x"), 1, "names no release"),
        (("prune",), 2, "There is no channel"),
    ],
)
def test_what_can_not_be_done_is_said_and_changes_nothing(
    desk: Desk, words: tuple[str, ...], code: int, message: str
) -> None:
    refused = desk.run(*words)
    assert (refused.code, refused.out) == (code, "")
    assert message in refused.err
    assert "Traceback" not in refused.err
    assert list(desk.shop.root.rglob("*")) == []


def test_prune_says_what_would_go_and_deletes_it_only_without_dry_run(serving: Desk) -> None:
    old = serving.publish(Model(confidence=0.9), days_ago=100)
    plan = serving.run("prune", "--dry-run", "--format", "json")
    assert plan.code == 0
    assert json.loads(plan.out)["gone"] == [old]
    assert "nothing was deleted" in plan.err
    assert serving.run("verify", old).code == 0
    done = serving.run("prune")
    assert (done.code, "1 releases were deleted" in done.err) == (0, True)
    assert old in done.out
    assert serving.run("verify", old).code == 1
    assert "0 releases would go" in serving.run("prune").err


def test_two_models_are_asked_again_where_their_data_differs(desk: Desk) -> None:
    assert desk.datacraft("questions", "new", "shop.yaml", "--data", "sales.csv", "--count", 24).code == 0
    (desk.folder / "policy.yaml").write_text("comparison:\n  margin: 0.9\n")
    first = desk.publish(GOOD)
    desk.accept(first)
    assert desk.promote(first).code == 0
    at = dt.datetime.now(dt.UTC)
    second = f"{at:%Y%m%dT%H%M%SZ}_def5678"
    identity = {"question_set": "other", "data": "other", "evaluator": 1, "variants": 0}
    desk.shop.publish(
        second,
        Model(confidence=0.6),
        changed=lambda reports: reports["evaluation/evaluation.json"].update(identity=identity),
    )
    unlike = desk.run("compare", second, "--policy", "policy.yaml")
    assert unlike.code == 11
    assert f"datacraft releases compare {second} --questions SET" in unlike.err
    again = desk.run(
        "compare", second, "--policy", "policy.yaml", "--questions", "shop.yaml", "--data", "sales.csv",
        "--format", "json",
    )  # fmt: skip
    assert again.code == 0, again.err
    assert json.loads(again.out)["method"] == "asked again"
    assert f"Asking {first} again." in again.err


@pytest.fixture
def on_a_terminal(desk: Desk) -> Callable[[str, str], tuple[int, str]]:
    """Run `datacraft releases ...` in a process whose stdin is a terminal, and answer its question."""

    def run(words: str, answer: str) -> tuple[int, str]:
        controller, terminal = pty.openpty()
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "datacraft.cli", "releases", *words.split()],
                cwd=desk.folder, stdin=terminal, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            os.write(controller, f"{answer}\n".encode())
            out, _ = process.communicate(timeout=120)
            return process.returncode, out.decode()
        finally:
            os.close(controller)
            os.close(terminal)

    return run


def test_on_a_terminal_a_person_is_asked_and_no_means_no(
    serving: Desk, on_a_terminal: Callable[[str, str], tuple[int, str]]
) -> None:
    release = serving.publish(Model(confidence=0.6))
    serving.accept(release)
    before = serving.channel()
    code, said = on_a_terminal(f"promote {release} --reason better", "n")
    assert code == 1
    assert f"to {release}?" in said
    assert "Nothing was done." in said
    assert serving.channel() == before
    code, said = on_a_terminal(f"promote {release} --reason better", "y")
    assert code == 0, said
    code, said = on_a_terminal("rollback --reason bad --yes", "n")
    assert code == 0, said
    assert "Shall" not in said


@pytest.fixture
def keys(folder: Path) -> tuple[Path, str]:
    """The file of a secret key, and the public key, as minisign makes them."""
    if shutil.which("minisign") is None:
        missing_part("minisign is not installed")
    made = ["minisign", "-G", "-W", "-p", "release.pub", "-s", "release.key"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True)
    return folder / "release.key", (folder / "release.pub").read_text().splitlines()[1]


def test_a_release_is_signed_and_minisign_itself_can_check_it(
    desk: Desk, keys: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, public = keys
    release = desk.publish(GOOD)
    without = desk.run("sign", release)
    assert (without.code, "DATACRAFT_SIGNING_KEY_FILE" in without.err) == (2, True)
    monkeypatch.setenv("DATACRAFT_SIGNING_KEY_FILE", str(secret))
    signed = desk.run("sign", release, "--by", "ada")
    assert signed.code == 0, signed.err
    assert public in signed.err
    manifest = desk.shop.root / "models" / release / "manifest.json"
    checked = subprocess.run(
        ["minisign", "-V", "-m", manifest, "-x", desk.shop.root / signed.out.strip(), "-P", public],
        capture_output=True, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert "by ada" in checked.stdout


def test_where_signers_are_named_an_unsigned_release_is_neither_verified_nor_accepted(
    desk: Desk, keys: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, public = keys
    (desk.folder / "datacraft.yaml").write_text(f"registry:\n  signers: [{public}]\n")
    release = desk.publish(GOOD)
    verified = desk.run("verify", release)
    assert (verified.code, "was not signed by this key" in verified.out) == (1, True)
    gates = desk.run("gates", release, "--override", "integrity=trust me")
    assert (gates.code, "can't be overridden" in gates.err) == (2, True)
    assert desk.run("gates", release).code == 10
    assert desk.promote(release).code == 10
    monkeypatch.setenv("DATACRAFT_SIGNING_KEY_FILE", str(secret))
    assert desk.run("sign", release).code == 0
    verified = desk.run("verify", release)
    assert (verified.code, "signed by one of the signers" in verified.err) == (0, True)
    desk.accept(release)
    assert desk.promote(release).code == 0


def test_a_signer_that_is_no_key_is_a_mistake_of_the_settings(desk: Desk) -> None:
    (desk.folder / "datacraft.yaml").write_text("registry:\n  signers: [ada]\n")
    wrong = desk.run("verify", desk.publish(GOOD))
    assert (wrong.code, "no public key" in wrong.err) == (2, True)
