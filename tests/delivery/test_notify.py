"""Notices: what they say, that they arrive, and that one which does not arrive hurts nobody."""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import shutil
import ssl
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from real_parts import missing_part
from receivers import PASSWORD, mail_server, silent_server, trickling_server, web_server

from datacraft.config import Settings, effective_settings, load_settings
from datacraft.contracts.notice import DeliveryNotice, NoticeGate, NoticeReceipt, NoticeScore, NoticeStatus
from datacraft.contracts.release import Hyperparameters, QuestionSetRef, ReleaseMetadata
from datacraft.delivery.notify import scores_beside, send_notice
from datacraft.delivery.notify.mail import mail_message
from datacraft.delivery.notify.page import notice_page
from datacraft.delivery.notify.text import notice_text
from datacraft.delivery.notify.wording import headline

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "ci-cd" / "scripts" / "send_notification.py"
AT = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
RELEASE = "20260102T030405Z_abc1234"
HOSTILE = (
    '<script>alert(1)</script>"><img src=x>\r\nBcc: all@example.com\r\n\r\n\x1b[2J<!channel> & \u202egnp'
)


def notice(**changes: Any) -> DeliveryNotice:
    told: dict[str, Any] = {
        "status": "worse",
        "reason": "Execution accuracy is 81.0 %, production has 86.5 %.",
        "release_id": RELEASE,
        "production": "20251201T000000Z_fedcba9",
        "deployment_url": "https://ask.example.com",
        "workflow_run_url": "https://ci.example.com/runs/7",
        "scores": (
            NoticeScore(name="composite score", value=81.2, production=85.0),
            NoticeScore(name="bias score", value=3, production=5, higher_is_better=False),
        ),
        "gates": (
            NoticeGate(gate="performance", passed=True, detail="83.2, at least 75."),
            NoticeGate(gate="age of evidence", passed=False, detail="9 days, at most 7."),
            NoticeGate(gate="bias", passed=False, detail="33, at most 30.", overridden="Ana: known"),
        ),
        "created_at": AT,
    }
    return DeliveryNotice.model_validate({**told, **changes})


def settings(folder: Path, **notify: Any) -> Settings:
    arguments = {f"notify.{key}": value for key, value in notify.items()}
    return load_settings(arguments={"state_dir": folder, **arguments}, environ={})


def mailing(folder: Path, port: int, **notify: Any) -> Settings:
    given = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "sender": "DataCraft <datacraft@example.com>",
        "recipients": "ana@example.com, bo@example.com",
        **notify,
    }
    return settings(folder, **given)


def last(receipts: tuple[NoticeReceipt, ...]) -> NoticeReceipt:
    return receipts[-1]


def test_without_settings_a_notice_goes_to_the_console_and_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipts = send_notice(notice(), settings(tmp_path), environ={})
    assert [(one.destination, one.delivered) for one in receipts] == [
        ("console", True),
        (f"file {tmp_path / 'notices.jsonl'}", True),
    ]
    assert f"Release {RELEASE} is worse than production." in capsys.readouterr().err
    send_notice(notice(status="deployed"), settings(tmp_path), environ={})
    lines = (tmp_path / "notices.jsonl").read_text().splitlines()
    assert [DeliveryNotice.model_validate_json(line).status for line in lines] == ["worse", "deployed"]


def test_mail_has_all_that_people_need_in_text_and_in_html(tmp_path: Path) -> None:
    with mail_server() as box:
        receipts = send_notice(notice(), mailing(tmp_path, box.port), environ={})
    assert last(receipts).delivered
    assert box.recipients == ["ana@example.com", "bo@example.com"]
    (message,) = box.messages
    assert message["Subject"] == f"[DataCraft] Release {RELEASE} is worse than production"
    text, page = (part.get_content() for part in message.iter_parts())
    for said in (text, shown_text(page)):
        for needed in (
            "Execution accuracy is 81.0 %, production has 86.5 %.",
            "Nothing has changed for users.",
            "https://ask.example.com",
            "https://ci.example.com/runs/7",
            "81.2 (production 85.0, -3.8: worse)",
            "3.0 (production 5.0, -2.0: better)",
            "passed. 83.2, at least 75.",
            "FAILED. 9 days, at most 7.",
            "overridden (by Ana: known). 33, at most 30.",
            "What to do next",
            "Improve the candidates and run the pipeline again.",
        ):
            assert needed in said
    assert re.findall(r'href="([^"]+)"', page) == ["https://ask.example.com", "https://ci.example.com/runs/7"]


@pytest.mark.parametrize("status", get_args(NoticeStatus))
def test_every_status_says_what_it_means_for_users_and_what_to_do(status: NoticeStatus) -> None:
    text = notice_text(notice(status=status, scores=(), gates=(), reason=""))
    assert re.search(r"\busers\b", text, re.I)
    assert re.search(r"What to do next:\n  - \w", text)


def test_what_data_contains_is_shown_and_does_nothing(tmp_path: Path) -> None:
    hostile = notice(
        reason=HOSTILE,
        release_id=HOSTILE,
        commit=HOSTILE,
        next_steps=(HOSTILE,),
        scores=(NoticeScore(name=HOSTILE, value=1),),
        gates=(NoticeGate(gate=HOSTILE, passed=False, detail=HOSTILE, overridden=HOSTILE),),
    )
    with mail_server() as box:
        assert last(send_notice(hostile, mailing(tmp_path, box.port), environ={})).delivered
    (message,) = box.messages
    assert message["Bcc"] is None
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"
    }  # fmt: skip
    assert box.recipients == ["ana@example.com", "bo@example.com"]
    text, page = (part.get_content() for part in message.iter_parts())
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    for said in (text, page):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", said.replace("\r\n", "\n"))
        assert not re.search(r"^Bcc:", said, re.M)


@given(st.text(min_size=1, max_size=400))
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    def told(said: str) -> DeliveryNotice:
        gates = (NoticeGate(gate=said, passed=False, detail=said, overridden=said),)
        return notice(reason=said, release_id=said, commit=said, next_steps=(said,), gates=gates)

    assert tags(notice_page(told(text))) == tags(notice_page(told("plain")))
    assert notice_text(told(text)).count("\n") == notice_text(told("plain")).count("\n")
    where = Settings().notify.model_copy(update={"recipients": ("ana@example.com",)})
    assert mail_message(told(text), where).keys() == mail_message(told("plain"), where).keys()
    assert "\n" not in headline(told(text))


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", 'https://a"onclick="x', "https://a\nb", "ftp://a"]
)
def test_an_address_that_is_no_web_address_is_not_taken(address: str) -> None:
    with pytest.raises(ValidationError):
        notice(deployment_url=address)


def test_an_address_that_a_workflow_never_set_counts_as_none() -> None:
    assert notice(deployment_url="").deployment_url is None


def test_a_webhook_gets_the_text_and_the_whole_notice_as_data(tmp_path: Path) -> None:
    with web_server() as hook:
        urls = {"NOTIFY_URLS": f"json://{hook.host}/told"}
        assert last(send_notice(notice(), settings(tmp_path), environ=urls)).delivered
    (body,) = hook.bodies
    assert hook.paths == ["/told"]
    assert body["title"] == f"Release {RELEASE} is worse than production"
    assert body["type"] == "failure"
    assert DeliveryNotice.model_validate(body["notice"]) == notice()


def test_slack_gets_the_notice_with_its_control_characters_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apprise.plugins.slack import NotifySlack

    with web_server() as hook:
        monkeypatch.setattr(NotifySlack, "webhook_url", f"{hook.url}/services")
        urls = {
            "NOTIFY_URLS": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
        }
        told = notice(reason="<!channel> & <https://bad.example.com|click>")
        assert last(send_notice(told, settings(tmp_path), environ=urls)).delivered
    (body,) = hook.bodies
    assert hook.paths == ["/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"]
    (attachment,) = body["attachments"]
    assert attachment["title"] == f"Release {RELEASE} is worse than production"
    assert "&lt;!channel&gt; &amp; &lt;https://bad.example.com|click&gt;" in attachment["text"]
    assert "https://ask.example.com" in attachment["text"]


def test_one_destination_that_fails_keeps_nothing_from_the_others(tmp_path: Path) -> None:
    with web_server() as good, web_server(status=500) as bad, mail_server(refusal="554 spam") as box:
        urls = {"NOTIFY_URLS": f"json://{bad.host}/ json://{good.host}/ nonsense gibberish://x"}
        receipts = send_notice(notice(), mailing(tmp_path, box.port), environ=urls)
    assert [one.delivered for one in receipts] == [True, True, False, False, True, False, False]
    assert len(good.bodies) == 1
    assert "500" in (receipts[3].problem or "")
    assert "554 spam" in (receipts[2].problem or "")
    assert "no address that Apprise knows" in (receipts[5].problem or "")


def test_a_refused_recipient_is_named(tmp_path: Path) -> None:
    with mail_server(refused=("bo@example.com",)) as box:
        receipt = last(send_notice(notice(), mailing(tmp_path, box.port), environ={}))
    assert box.recipients == ["ana@example.com"]
    assert receipt.problem == "Some recipients were refused: bo@example.com."
    with mail_server(refused=("ana@example.com", "bo@example.com")) as box:
        receipt = last(send_notice(notice(), mailing(tmp_path, box.port), environ={}))
    assert "ana@example.com, bo@example.com" in (receipt.problem or "")


@pytest.mark.parametrize("server", [silent_server, trickling_server])
def test_a_mail_server_that_hangs_is_given_up_in_time(tmp_path: Path, server: Any) -> None:
    with server() as port:
        receipt = last(send_notice(notice(), mailing(tmp_path, port, timeout_s=0.3), environ={}))
    assert not receipt.delivered
    assert "did not answer within 0.3 s" in (receipt.problem or "")


def test_a_mail_server_that_is_not_there_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with silent_server() as port:
        pass
    with caplog.at_level(logging.WARNING):
        receipt = last(send_notice(notice(), mailing(tmp_path, port), environ={}))
    assert not receipt.delivered
    assert "can't be reached" in (receipt.problem or "")
    assert f"did not reach e-mail by 127.0.0.1:{port}" in caplog.text


def test_a_state_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    receipts = send_notice(notice(), settings(tmp_path / "state"), environ={})
    assert [one.delivered for one in receipts] == [True, False]
    assert "Check state_dir" in (receipts[1].problem or "")


def test_a_secret_file_that_is_missing_fails_the_far_destinations_alone(tmp_path: Path) -> None:
    receipts = send_notice(notice(), settings(tmp_path), environ={"NOTIFY_URLS_FILE": "/nowhere/urls"})
    assert [one.delivered for one in receipts] == [True, True, False]
    assert "/nowhere/urls" in (receipts[2].problem or "")


def test_secrets_are_in_no_receipt_log_or_setting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with web_server(status=403) as hook, mail_server(refusal=f"554 you said {PASSWORD}") as box:
        environ = {
            "EMAIL_SMTP_PASSWORD": PASSWORD,
            "NOTIFY_URLS": f"json://ana:hook-password@{hook.host}/hook-token?+auth=header-token"
            " https://hooks.slack.com/services/not/valid/slack-token",
        }
        where = mailing(tmp_path, box.port)
        with caplog.at_level(logging.DEBUG), caplog.at_level(logging.CRITICAL, "mail.log"):
            receipts = send_notice(notice(), where, environ=environ)
    assert sum(not one.delivered for one in receipts) == 3
    told = f"{receipts} {caplog.text} {capsys.readouterr()} {effective_settings(where)}"
    for secret in (PASSWORD, "hook-password", "hook-token", "header-token", "slack-token"):
        assert secret not in told


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate and its key for 127.0.0.1, in one file."""
    if shutil.which("openssl") is None:
        missing_part("openssl is not installed (Debian: openssl)")
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path.with_suffix(".key"), "-out", path],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context


def test_mail_signs_in_over_an_encrypted_connection(
    tmp_path: Path, tls: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n")
    with mail_server(tls) as box:
        where = mailing(tmp_path, box.port, smtp_security="starttls", smtp_user="ana")
        right = send_notice(notice(), where, environ={"EMAIL_SMTP_PASSWORD_FILE": str(secret)})
        wrong = send_notice(notice(), where, environ={"EMAIL_SMTP_PASSWORD": "guess"})
    assert last(right).delivered
    assert len(box.messages) == 1
    assert "does not accept the user and password (535)" in (last(wrong).problem or "")


def test_a_mail_server_that_nobody_vouches_for_gets_no_password(tmp_path: Path, tls: ssl.SSLContext) -> None:
    with mail_server(tls) as box:
        where = mailing(tmp_path, box.port, smtp_security="starttls", smtp_user="ana")
        receipt = last(send_notice(notice(), where, environ={"EMAIL_SMTP_PASSWORD": PASSWORD}))
    assert not box.messages
    assert "No encrypted connection" in (receipt.problem or "")


def test_a_password_is_not_sent_to_another_machine_without_encryption(tmp_path: Path) -> None:
    where = mailing(tmp_path, 25, smtp_host="mail.invalid", smtp_user="ana")
    receipt = last(send_notice(notice(), where, environ={"EMAIL_SMTP_PASSWORD": PASSWORD}))
    assert "the password is not sent without encryption" in (receipt.problem or "")


def test_scores_stand_beside_productions_where_there_is_one() -> None:
    release = ReleaseMetadata(
        release_id=RELEASE, selected_model="m", provider="builtin", hyperparameters=Hyperparameters(),
        strategy="plan", composite_score=81, performance_score=80, bias_score=3, success_rate=99,
        avg_response_time=0.4, deployment_ready=True, selection_methodology="",
        question_set=QuestionSetRef(name="retail", version="1", size=60), created_at=AT, commit="abc1234",
    )  # fmt: skip
    alone = scores_beside(release, None)
    beside = scores_beside(release, release.model_copy(update={"bias_score": 0.0}))
    assert {one.production for one in alone} == {None}
    bias = next(one for one in beside if one.name == "bias score")
    assert (bias.value, bias.production, bias.higher_is_better) == (3, 0, False)


def run_script(folder: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("DATACRAFT_", "EMAIL_"))}
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        cwd=folder,
        env={**kept, **environ},
        capture_output=True,
        text=True,
    )


def test_the_script_of_the_workflow_sends_mail(tmp_path: Path) -> None:
    with mail_server() as box:
        run = run_script(
            tmp_path,
            "--status=success",
            "--workflow-run-url=https://ci.example.com/runs/7",
            "--deployment-url=https://ask.example.com",
            EMAIL_SMTP_USER="ana@example.com",
            DATACRAFT_NOTIFY__SMTP_HOST="127.0.0.1",
            DATACRAFT_NOTIFY__SMTP_PORT=str(box.port),
            DATACRAFT_NOTIFY__SMTP_SECURITY="none",
            DATACRAFT_NOTIFY__RECIPIENTS="bo@example.com",
        )
    assert run.returncode == 0, run.stderr
    (message,) = box.messages
    assert message["From"] == "ana@example.com"
    assert message["Subject"] == "[DataCraft] A release is deployed"


def test_the_script_says_what_is_wrong_and_what_did_not_arrive(tmp_path: Path) -> None:
    wrong = run_script(tmp_path, "--status=success", "--deployment-url=nonsense")
    assert wrong.returncode == 2
    assert "--deployment-url" in wrong.stderr
    lost = run_script(tmp_path, "--status=failure", NOTIFY_URLS="gibberish://x")
    assert lost.returncode == 4
    assert "did not reach gibberish (address 1 of NOTIFY_URLS)" in lost.stderr


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {[name for name, _ in attrs]}")


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def shown_text(page: str) -> str:
    return " ".join(" ".join(_read(page).text).split())


def tags(page: str) -> list[str]:
    return _read(page).tags
