"""params/publish.yaml: who gets which report, and through which mail server."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from voc_lib.params.base import Settings

__all__ = ["MailServer", "Publishing"]

# What every mail server takes unquoted; addresses of people, not what RFC 5322 allows besides.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_PORTS = {"starttls": 587, "tls": 465}


class MailServer(Settings):
    """The server that takes the packages; its password comes from VOC_SMTP_PASSWORD. Never without TLS."""

    host: str = Field(min_length=1)
    port: int | None = Field(default=None, ge=1, le=65535)
    security: Literal["starttls", "tls"] = "starttls"
    sender: str
    user: str | None = Field(default=None, min_length=1)
    ca_file: str | None = Field(default=None, min_length=1)
    timeout: int = Field(default=60, ge=1, le=3600)

    @field_validator("sender")
    @classmethod
    def _is_address(cls, value: str) -> str:
        return _address(value)

    @property
    def own_port(self) -> int:
        """The port as given, else the usual one of its kind of TLS."""
        return self.port or _PORTS[self.security]


class Publishing(Settings):
    """Where reports go once they are approved."""

    mail: MailServer | None = None
    recipients: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("recipients")
    @classmethod
    def _are_addresses(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {code: tuple(_address(address) for address in addresses) for code, addresses in value.items()}

    @model_validator(mode="after")
    def _nobody_twice(self) -> Self:
        for code, addresses in self.recipients.items():
            twice = sorted({one for one in addresses if [a.casefold() for a in addresses].count(one.casefold()) > 1})
            if twice:
                raise ValueError(f"{code}: address given twice: {', '.join(twice)}")
        return self


def _address(value: str) -> str:
    message = f"an address such as name@example.com, not {value!r}"
    if not _ADDRESS.fullmatch(value):
        raise ValueError(message)
    try:
        Address(addr_spec=value)
    except (HeaderParseError, ValueError, IndexError):
        raise ValueError(message) from None
    return value
