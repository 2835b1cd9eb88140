"""Tables and queries of databases: SQLite, and PostgreSQL against a real server on loopback where there is one."""

from __future__ import annotations

import datetime as dt
import os
import pwd
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from tests.ingest.test_landing import HEAD, everything, order, outcomes, put
from voc_lib.errors import ProfileError, SourceError
from voc_lib.ingest import forget, land, purge
from voc_lib.ingest.database import pull
from voc_lib.params import Profile
from voc_lib.params.sources import QuerySettings, SourceSettings
from voc_lib.privacy import Erasures, find_canaries

SECRET = "s3cret-pass-word"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VOC_CUSTOMER_KEY", "a key for tests only, 32 bytes or so")
    return tmp_path / "data"


def with_query(profile: Profile, **query: Any) -> Profile:
    assert profile.sources.work_order is not None
    settings = profile.sources.work_order.model_copy(update={"queries": (QuerySettings(name="orders", **query),)})
    return replace(profile, sources=profile.sources.model_copy(update={"work_order": settings}))


def fill(url: str | sa.URL, n_rows: int = 3) -> None:
    """A table with the columns of the default layout; the times are times, the numbers of customers numbers."""
    engine = sa.create_engine(url)
    kinds: dict[str, Any] = {"受理时间": sa.DateTime(), "客户号": sa.BigInteger()}
    table = sa.Table("orders", sa.MetaData(), *(sa.Column(c, kinds.get(c, sa.Text())) for c in HEAD.split(",")))
    rows = []
    for number in reversed(range(n_rows)):
        row: dict[str, Any] = dict(zip(HEAD.split(","), order(f"GD{number}").split(","), strict=True))
        rows.append({**row, "受理时间": dt.datetime(2013, 5, 2, 10), "客户号": 1234567890123456789 + number})
    with engine.begin() as connection:
        table.metadata.create_all(connection)
        connection.execute(table.insert(), rows)
    engine.dispose()


def test_a_table_of_sqlite_lands_like_a_file_and_once(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    fill(f"sqlite:///{root / 'raw' / 'orders.db'}")
    profile = with_query(profile, url="sqlite:///orders.db", table="orders")
    report = land(profile, root)
    assert outcomes(report) == {"record": 3}
    landed = everything(root, profile, "landed")
    assert landed["record_id"].tolist() == ["GD0", "GD1", "GD2"]
    assert landed["origin_row"].tolist() == [2, 3, 4], "a table is read in the order of its numbers"
    assert set(landed["origin_file"]) == {"database/work_order.orders.parquet"}
    assert str(landed["occurred_at"].iloc[0]) == "2013-05-02 10:00:00+08:00"
    assert not land(profile, root).changed
    kept = (root / "raw" / "database" / "work_order.orders.parquet").read_bytes()
    assert b"13800138000" not in kept, "columns that are never read do not leave the database"
    put(root, order("GD1").replace("C1", "1234567890123456790"), name="work_orders_copy.csv")
    assert outcomes(land(profile, root)) == {"record": 3, "duplicate": 1}


def check_forgetting(root: Path, profile: Profile) -> None:
    """Of three customers one is forgotten: gone from the copy and from every table, and every row is accounted for."""
    own = "1234567890123456790"
    copy = root / "raw" / "database" / "work_order.orders.parquet"
    land(profile, root)
    before = pd.read_parquet(copy)
    (root / "models" / "bank" / "category").mkdir(parents=True)
    (root / "models" / "bank" / "category" / "card.json").write_text("{}", encoding="utf-8")
    found = forget(profile, root, own)
    assert (found.raw_files, found.databases) == ((), ("database/work_order.orders.parquet",))
    assert found.models == ("models/bank/category",)
    told = pd.read_parquet(copy)
    assert own in set(before["客户号"]) and own not in set(told["客户号"])
    blank = told[told["客户号"].str.startswith("erased:")]
    assert len(blank) == 1 and (blank[["工单编号", "工单内容", "网点"]] == "").all(axis=None)
    assert told.drop(blank.index).equals(before.drop(blank.index)) and len(told) == len(before)
    kept = copy.read_bytes()
    report = land(profile, root)
    assert outcomes(report) == {"record": 2, "erased": 1}
    assert copy.read_bytes() == kept, "what is read anew from the database is blanked in the same way"
    assert find_canaries(root, [own]).empty


def test_a_forgotten_customer_leaves_the_copy_of_a_database_and_does_not_come_back(
    root: Path, profile: Profile
) -> None:
    (root / "raw").mkdir(parents=True)
    fill(f"sqlite:///{root.parent / 'orders.db'}")
    check_forgetting(root, with_query(profile, url=f"sqlite:///{root.parent / 'orders.db'}", table="orders"))


def test_what_says_of_a_customer_that_it_is_erased_is_no_way_in(root: Path, profile: Profile) -> None:
    """A mark that no forgotten customer has is a customer's number like any other."""
    assert not Erasures(root).holds(pd.Series(["ERASED:" + "A" * 64])).any()
    forget(profile, root, "1234567890123456790")
    assert Erasures(root).holds(pd.Series(["1234567890123456790", "ERASED:" + "A" * 64])).tolist() == [True, False]


def test_the_copy_of_a_database_that_was_purged_is_not_made_again(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    database = f"sqlite:///{root.parent / 'orders.db'}"
    fill(database)
    profile = with_query(profile, url=database, table="orders")
    profile = replace(profile, run=profile.run.model_copy(update={"keep_raw_days": 20}))
    assert land(profile, root, as_of="2013-06-30").n_rows == 3
    assert [name for name, _, _ in purge(profile, root, as_of="2013-06-30").files] == [
        "database/work_order.orders.parquet"
    ]
    assert outcomes(land(profile, root, as_of="2013-06-30")) == {"record": 3}
    assert not list((root / "raw").rglob("*.parquet"))


def test_a_query_is_read_as_given(root: Path, profile: Profile) -> None:
    (root / "raw").mkdir(parents=True)
    fill(f"sqlite:///{root / 'raw' / 'orders.db'}")
    profile = with_query(profile, url="sqlite:///orders.db", sql="SELECT * FROM orders WHERE 工单编号 <> 'GD1'")
    assert outcomes(land(profile, root)) == {"record": 2}


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"url": "sqlite:///gone.db", "table": "orders"}, r"database file not found .*query: orders, file: gone.db"),
        ({"url": "sqlite:///empty.db", "table": "orders"}, r"cannot be read .*source: work_order, query: orders"),
        ({"url": "sqlite:///empty.db", "sql": "SELECT 13800138000 FROM nothing"}, r"found: OperationalError"),
        ({"url": "sqlite:///empty.db", "sql": "SELECT 1 AS a, 2 AS a"}, r"two columns one name"),
        ({"url": "nosuch://x/y", "table": "orders"}, r"found: NoSuchModuleError\)\n.*install the driver"),
        ({"url_from": "VOC_TEST_DB", "table": "orders"}, r"cannot be read"),
    ],
)
def test_a_fault_names_source_and_query_and_never_the_address(
    root: Path, profile: Profile, monkeypatch: pytest.MonkeyPatch, query: dict[str, str], said: str
) -> None:
    (root / "raw").mkdir(parents=True)
    sqlite3.connect(root / "raw" / "empty.db").close()
    (root / "raw" / "empty.db").touch()
    monkeypatch.setenv("VOC_TEST_DB", f"postgresql+psycopg://clerk:{SECRET}@127.0.0.1:1/x?connect_timeout=2")
    with pytest.raises(SourceError, match=said) as caught:
        pull(with_query(profile, **query), root / "raw")
    for told in ("13800138000", SECRET, "clerk", "127.0.0.1"):
        assert told not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert not list((root / "raw").rglob("*.parquet"))


def test_a_variable_that_is_not_there_and_a_password_in_the_profile_are_named(root: Path, profile: Profile) -> None:
    with pytest.raises(ProfileError, match=r"not in the environment .*variable: VOC_NO_SUCH_DB"):
        pull(with_query(profile, url_from="VOC_NO_SUCH_DB", table="t"), root / "raw", environ={})
    for url in (f"postgresql://clerk:{SECRET}@host/x", f"mysql://host/x?password={SECRET}"):
        with pytest.raises(ValueError, match="a password does not belong"):
            QuerySettings(name="a", url=url, table="t")
    for wrong in ({"url": "sqlite://", "table": "t", "sql": "s"}, {"table": "t"}, {"url": "sqlite://"}):
        with pytest.raises(ValueError, match="a query needs"):
            QuerySettings(name="a", **wrong)
    with pytest.raises(ValueError, match="neither files nor queries"):
        SourceSettings(columns={"record_id": "a", "occurred_at": "b", "branch": "c", "text": "d"})


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.URL]:
    """A PostgreSQL server of Debian's packages, on loopback, run by a user who is not root."""
    pytest.importorskip("psycopg", reason="no driver of PostgreSQL installed")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not programs or shutil.which("setpriv") is None:
        pytest.skip("no PostgreSQL server installed (Debian: postgresql)")
    folder = tmp_path_factory.mktemp("postgres")
    user = _server_user()
    if user is not None:
        # Every folder on the way has to be open to the server's user.
        for path in (folder, *folder.parents):
            if path.stat().st_uid == 0 and not path.stat().st_mode & 0o001:
                path.chmod(path.stat().st_mode | 0o011)
        os.chown(folder, user.pw_uid, user.pw_gid)
    password = folder / "password"
    password.write_text(SECRET, encoding="ascii")
    password.chmod(0o644)
    run = _runner(user, folder)
    data = folder / "data"
    run(programs[-1] / "initdb", "-D", data, "-U", "clerk", "-A", "scram-sha-256", "--pwfile", password, "-E", "UTF8",
        "--no-sync", "--locale", "C.UTF-8")  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    run(programs[-1] / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        yield sa.URL.create("postgresql+psycopg", "clerk", SECRET, "127.0.0.1", port, "postgres")
    finally:
        run(programs[-1] / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def _server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves, or where we are root, who may not, somebody else."""
    if os.getuid() != 0:
        return None
    names = {user.pw_name: user for user in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _runner(user: pwd.struct_passwd | None, folder: Path) -> Any:
    drop = [] if user is None else ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def run(*command: object) -> None:
        with (folder / "output").open("ab") as output:
            subprocess.run(
                [*drop, *map(str, command)], check=True, cwd=folder, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            )  # fmt: skip

    return run


def test_a_customer_of_postgresql_is_forgotten_likewise(
    root: Path, profile: Profile, postgres: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.set(database="erasure")
    engine = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE erasure"))
    engine.dispose()
    fill(url)
    monkeypatch.setenv("VOC_TEST_DB", url.render_as_string(hide_password=False))
    check_forgetting(root, with_query(profile, url_from="VOC_TEST_DB", table="public.orders"))


def test_a_table_of_postgresql_lands_and_its_password_is_nowhere(
    root: Path, profile: Profile, postgres: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(postgres, n_rows=40)
    monkeypatch.setenv("VOC_TEST_DB", postgres.render_as_string(hide_password=False))
    profile = with_query(profile, url_from="VOC_TEST_DB", table="public.orders")
    report = land(profile, root)
    assert outcomes(report) == {"record": 40}
    assert everything(root, profile, "landed")["customer_key"].nunique() == 40
    assert not land(profile, root).changed
    stored = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert SECRET.encode() not in stored and b"clerk" not in stored
    gone = with_query(profile, url_from="VOC_TEST_DB", table="public.nothing")
    with pytest.raises(SourceError, match=r"database cannot be read .*found: NoSuchTableError") as caught:
        land(gone, root)
    assert SECRET not in str(caught.value)
    assert not land(profile, root).changed, "what was landed before is still there"
