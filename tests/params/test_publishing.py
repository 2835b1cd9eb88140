"""params/publish.yaml: addresses are addresses, codes are branches, and no notebook sees them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from voc_lib.errors import ProfileError
from voc_lib.params import PROFILE_PARTS, load_profile, part_digests, restricted
from voc_lib.params.publishing import MailServer, Publishing


@pytest.fixture
def folder(project: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(project / "params", tmp_path / "params"))


def write(folder: Path, text: str) -> None:
    (folder / "publish.yaml").write_text(text, encoding="utf-8")


def test_the_shipped_file_names_nobody_and_a_profile_may_do_without(folder: Path) -> None:
    assert load_profile(folder).publishing == Publishing()
    (folder / "publish.yaml").unlink()
    assert load_profile(folder).publishing == Publishing()


def test_every_key_is_explained_where_it_stands(project: Path) -> None:
    text = (project / "params" / "publish.yaml").read_text(encoding="utf-8")
    comments = "\n".join(line for line in text.splitlines() if line.startswith("#"))
    assert all(f"#   {key} " in comments for key in MailServer.model_fields)
    assert all(f"\n{key}: " in text for key in Publishing.model_fields)


def test_a_server_and_its_recipients_are_read(folder: Path) -> None:
    write(
        folder,
        "mail: {host: smtp.example.com, security: tls, sender: voc@example.com}\n"
        "recipients: {BJ: [a@example.com, b@x.example], head_office: [c@example.com]}\n",
    )
    settings = load_profile(folder).publishing
    assert settings.mail is not None and settings.mail.own_port == 465
    assert settings.mail.model_copy(update={"security": "starttls"}).own_port == 587
    assert settings.recipients == {"BJ": ("a@example.com", "b@x.example"), "head_office": ("c@example.com",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipients: {BK: [a@example.com]}", r"key: recipients\.BK.*did you mean BJ"),
        ("recipients: {BJ: [example.com]}", "name@example.com"),
        ("recipients: {BJ: ['a@example.com, b@example.com']}", "name@example.com"),
        ("recipients: {BJ: ['A <a@example.com>']}", "name@example.com"),
        ('recipients: {BJ: ["a@example.com\\nBcc: b@example.com"]}', "name@example.com"),
        ("recipients: {BJ: [a..b@example.com]}", "name@example.com"),
        ("recipients: {BJ: [a@example.com, A@example.com]}", "address given twice"),
        ("mail: {host: x, sender: nobody}", "name@example.com"),
        ("mail: {host: x, sender: a@b.example, security: none}", "security"),
        ("mail: {host: x, sender: a@b.example, password: x}", "unknown key"),
        ("recipient: {}", "did you mean recipients"),
    ],
)
def test_what_is_wrong_is_told(folder: Path, text: str, said: str) -> None:
    write(folder, text + "\n")
    with pytest.raises(ProfileError, match=rf"(?s)publish\.yaml.*{said}|{said}.*publish\.yaml"):
        load_profile(folder)


def test_no_notebook_sees_an_address_and_none_runs_again_for_one(folder: Path, project: Path) -> None:
    write(folder, "recipients: {BJ: [a@example.com]}\n")
    profile = load_profile(folder)
    assert restricted(profile, PROFILE_PARTS, notebook=None).publishing == Publishing()
    assert part_digests(profile) == part_digests(load_profile(project / "params"))
