"""Packages by mail: SMTP under TLS, with the server's certificate checked, one message to each address."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from voc_lib.errors import PublishError
from voc_lib.params.publishing import MailServer
from voc_lib.workflow.publishing.package import Package

__all__ = ["InDoubt", "Mailer", "message_of"]


class InDoubt(Exception):
    """The server had all of a message, or may have had, and did not say whether it takes it."""


def message_of(
    package: Package, archive: bytes, *, title: str, sender: str, to: str, identity: str, at: datetime
) -> EmailMessage:
    """The message with a package attached. It tells no figure of the report, only whose it is and how to open it.

    Args:
        archive: the encrypted package.
        title: of the report.
        identity: its Message-ID.
        at: when it is sent.
    """
    message = EmailMessage(policy=SMTP)
    version = f"（第{package.version}版）" if package.version > 1 else ""
    message["From"], message["To"] = sender, to
    message["Subject"] = f"{title}{version}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = identity
    listed = "\n".join(f"  {name}" for name in package.files)
    message.set_content(
        f"{title}{version}见附件，为加密压缩包（AES-256），密码另行告知。内有：\n{listed}\n"
        f"  manifest.json（各文件的SHA-256）\n\n内容编号：{package.content}\n{package.centre}\n",
        cte="base64",
    )
    message.add_attachment(archive, maintype="application", subtype="zip", filename=package.name)
    return message


class Mailer:
    """A connection to the mail server, open while it is a context.

    Args:
        server: which, and how.
        folder: of the profile, from which `ca_file` counts.
        password: of the user who logs in; None where nobody does.
    Raises: PublishError, on entering, when it cannot be reached, its certificate is not right, or the login is refused.
    """

    def __init__(self, server: MailServer, *, folder: Path, password: str | None) -> None:
        self._server = server
        self._folder = folder
        self._password = password
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        server = self._server
        context = self._tls()
        try:
            if server.security == "tls":
                self._smtp = smtplib.SMTP_SSL(server.host, server.own_port, timeout=server.timeout, context=context)
            else:
                self._smtp = smtplib.SMTP(server.host, server.own_port, timeout=server.timeout)
                self._smtp.starttls(context=context)
            self._smtp.ehlo_or_helo_if_needed()
            if server.user is not None:
                self._smtp.login(server.user, self._password or "")
        except (OSError, smtplib.SMTPException) as error:
            self.__exit__(None, None, None)
            raise self._fault("mail server cannot be used", error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except (OSError, smtplib.SMTPException):
                self._smtp.close()
            self._smtp = None

    def post(self, message: EmailMessage, *, about_to: Callable[[], None]) -> None:
        """Hand over one message.

        Args:
            message: from one to one.
            about_to: called when the server has agreed to sender and address, before it gets the message.
        Raises: PublishError when the server certainly did not take it, InDoubt when that cannot be told.
        """
        assert self._smtp is not None, "a Mailer is a context"
        payload = message.as_bytes()
        try:
            self._smtp.ehlo_or_helo_if_needed()
            largest = self._smtp.esmtp_features.get("size", "")
            if largest.isdigit() and 0 < int(largest) < len(payload):
                raise PublishError("package is too large for the mail server", bytes=len(payload), allowed=largest)
            self._agreed(*self._smtp.mail(str(message["From"])), what="sender refused")
            self._agreed(*self._smtp.rcpt(str(message["To"])), what="address refused")
        except (OSError, smtplib.SMTPException) as error:
            raise self._fault("mail server went away", error) from None
        about_to()
        try:
            self._agreed(*self._smtp.data(payload), what="message refused")
        except smtplib.SMTPDataError as error:  # before it got anything of it
            raise self._fault("message refused", error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise InDoubt(type(error).__name__) from None

    def _agreed(self, code: int, answer: bytes, *, what: str) -> None:
        if code not in (250, 251):
            raise PublishError(what, host=self._server.host, answer=f"{code} {_plain(answer)}")

    def _tls(self) -> ssl.SSLContext:
        file = None if self._server.ca_file is None else self._folder / self._server.ca_file
        try:
            return ssl.create_default_context(cafile=None if file is None else str(file))
        except (OSError, ssl.SSLError) as error:
            raise PublishError(
                "certificates cannot be read", file=str(file), found=error.strerror or type(error).__name__
            ) from None

    def _fault(self, what: str, error: Exception) -> PublishError:
        found = _plain(error.smtp_error) if isinstance(error, smtplib.SMTPResponseException) else str(error)
        if isinstance(error, ssl.SSLCertVerificationError):
            what, found = "certificate of the mail server is not trusted", error.verify_message
        return PublishError(
            what,
            host=self._server.host,
            port=self._server.own_port,
            found=found or type(error).__name__,
            hint="see mail in params/publish.yaml",
        )


def _plain(answer: bytes | str) -> str:
    text = answer.decode("ascii", errors="replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:200]
