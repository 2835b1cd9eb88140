"""A centre with two branches, and reports of them that are approved as they lie there; and a mail server to send to."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import openpyxl
import pyzipper
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.builders import TZ, rows
from voc_lib.store import Store

MONTH = "2013-05"
BRANCHES = {"BJ": "北京市分行", "TJ": "天津市分行"}
TEXTS = {
    "BJ": "手机银行升级之后一直提示网络异常，昨天试了三次都没有转成功。",
    "TJ": "营业厅的叫号机坏了两个星期，每次都要排很久，希望尽快修好。",
}
PASSWORD = "a long enough secret"
PAGE = """<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head><body>
<h1>{title}</h1><h2>典型问题</h2>
<blockquote><p>{text}</p></blockquote>
<table><tr><th scope="row">手机银行</th><td>138</td><td>1234</td><td>5678</td></tr></table>
{more}</body></html>
"""


def record_id(branch: str, number: int = 1) -> str:
    """Number of a record."""
    return f"WO{branch}2013050{number}"


def title(branch: str) -> str:
    """Title of the branch's report."""
    return f"{BRANCHES[branch]} 2013年5月 客户之声建议分析报告"


def page(branch: str, more: str = "") -> str:
    """A report that quotes a customer of the branch."""
    return PAGE.format(title=title(branch), text=TEXTS[branch], more=more)


def lay_out(folder: Path, params: Path, *, recipients: int = 1) -> None:
    """Profile, tables and reports of two branches and of the head office."""
    import shutil

    shutil.copytree(params, folder / "params")
    store = Store(str(folder / "data"), TZ)
    for branch in BRANCHES:
        landed = [
            {
                "branch": branch,
                "source": "work_order",
                "record_id": record_id(branch, number),
                "occurred_at": f"{MONTH}-0{number} 10:00:00",
                "text": TEXTS[branch] if number == 1 else f"{branch}的第{number}位客户询问网点几点开门。",
                "outlet": f"{BRANCHES[branch][:2]}中山路支行",
                "customer_key": f"{number:064x}",
            }
            for number in (1, 2)
        ]
        store.write("landed", rows("landed", landed), branch, MONTH)
        actions = [{"branch": branch, "month": MONTH, "action_id": f"{branch}-61-201305"}]
        store.write("actions", rows("actions", actions), branch, MONTH)
        write_report(folder, branch)
    office = folder / "output" / MONTH / "head_office"
    office.mkdir(parents=True)
    (office / "report.html").write_text("<h1>2013年5月 客户之声总行分析报告</h1>", encoding="utf-8")
    addresses = {code: [f"{code.lower()}{n}@example.com" for n in range(1, recipients + 1)] for code in BRANCHES}
    listed = "\n".join(f"  {code}: [{', '.join(found)}]" for code, found in addresses.items())
    (folder / "params" / "publish.yaml").write_text(f"mail: null\nrecipients:\n{listed}\n", encoding="utf-8")


def write_report(folder: Path, branch: str, more: str = "") -> Path:
    """The files that a run would leave for the branch; gives their folder."""
    output = folder / "output" / MONTH / branch
    output.mkdir(parents=True, exist_ok=True)
    (output / "report.html").write_text(page(branch, more), encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["编号", "建议"])
    book.active.append([f"{branch}-61-201305", "请检查转账流程"])
    book.save(output / "feedback_form.xlsx")
    return output


@dataclass
class Box:
    """A mail server on loopback, and what it took.

    Args:
        port: where it listens.
        taken: the messages that it answered with 250, or was about to when the sender died.
        at: called with the name of each step (EHLO, MAIL, RCPT, DATA, TAKEN, QUIT) before the server goes on.
        answers: what it says instead of 250 at MAIL, RCPT or TAKEN.
    """

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    at: Callable[[str], None] = lambda step: None
    answers: dict[str, str] = field(default_factory=dict)
    logins: list[bytes] = field(default_factory=list)


class _Handler:
    def __init__(self, box: Box) -> None:
        self.box = box

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        self.box.at("MAIL")
        envelope.mail_from = address
        return self.box.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        self.box.at("RCPT")
        envelope.rcpt_tos.append(address)
        return self.box.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.box.answers.get("TAKEN", "250 OK")
        if answer.startswith("250"):
            self.box.taken.append(message_from_bytes(envelope.content or b"", EmailMessage, policy=default))
        self.box.at("TAKEN")
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.box.at("QUIT")
        return "221 Bye"


class _Server(SMTP):
    """Tells of the steps that no handler sees."""

    async def smtp_EHLO(self, hostname: str) -> None:
        self.event_handler.box.at("EHLO")
        await super().smtp_EHLO(hostname)

    async def smtp_DATA(self, arg: str) -> None:
        self.event_handler.box.at("DATA")
        await super().smtp_DATA(arg)


@contextmanager
def mail_server(
    folder: Path,
    *,
    security: str = "starttls",
    login: tuple[bytes, bytes] | None = None,
    expired_at: datetime | None = None,
) -> Iterator[Box]:
    """A real server with a certificate of an authority of its own, whose certificate lies in `folder`/own_ca.pem."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost", "127.0.0.1", not_after=expired_at).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "own_ca.pem"))
    box, loop = Box(), asyncio.new_event_loop()

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        assert isinstance(given, LoginPassword)
        box.logins.append(given.login)
        return AuthResult(success=(given.login, given.password) == login, handled=False)

    def connection() -> SMTP:
        return _Server(
            _Handler(box),
            hostname="localhost",
            loop=loop,
            tls_context=context if security == "starttls" else None,
            require_starttls=security == "starttls",
            auth_required=login is not None and security == "starttls",
            auth_require_tls=security == "starttls",
            authenticator=check if login is not None else None,
        )

    async def listen() -> asyncio.Server:
        return await loop.create_server(connection, "127.0.0.1", 0, ssl=context if security == "tls" else None)

    server = loop.run_until_complete(listen())
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def name_server(
    folder: Path, box: Box, *, security: str = "starttls", user: str | None = None, ca: bool = True
) -> None:
    """Write the server into the profile of `lay_out`, in place of any that is named."""
    told = {"host": "localhost", "port": box.port, "security": security, "sender": "voc@example.org", "timeout": 60}
    told |= {"user": user} if user else {}
    told |= {"ca_file": "../own_ca.pem"} if ca else {}
    file = folder / "params" / "publish.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    (place,) = [place for place, line in enumerate(lines) if line.startswith("mail:")]
    lines[place] = f"mail: {{{', '.join(f'{key}: {value}' for key, value in told.items())}}}"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def archive_of(message: EmailMessage) -> bytes:
    """The package that a message brings."""
    (attached,) = message.iter_attachments()
    payload = attached.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload


def opened(archive: bytes, password: str = PASSWORD) -> dict[str, bytes]:
    """The files of a package."""
    with pyzipper.AESZipFile(io.BytesIO(archive)) as package:
        package.setpassword(password.encode("utf-8"))
        return {name: package.read(name) for name in package.namelist()}


def killed_at(step: str, box: Box, call: Sequence[str], *, cwd: Path) -> None:
    """Run the command and kill it, as by kill -9, when its conversation with the server has come to a step of `Box`."""
    seen: list[str] = []

    def kill(at: str) -> None:
        seen.append(at)
        if at == step:
            os.kill(sender.pid, signal.SIGKILL)
            sender.wait()  # it is dead before the server goes on

    box.at = kill
    command = [sys.executable, "-m", "voc_lib", *call]
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as sender:
        said, _ = sender.communicate()
    box.at = lambda at: None
    assert sender.returncode == -signal.SIGKILL and seen[-1] == step, said[-2000:]
