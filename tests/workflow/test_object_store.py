"""Tables and reports in an object store: a real S3-compatible server on loopback, real kernels, no disk shared."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.workflow import tiny
from tests.workflow.processes import left_of, wait_until
from tests.workflow.test_cluster import Cluster
from voc_lib.store import files_below, locate, read_bytes, write_bytes

pytestmark = pytest.mark.kernel

_LISTENS = re.compile(r"http://127\.0\.0\.1:[1-9]\d*")
_RAW = "raw/work_orders_1.csv"
_SECRET = "a-secret-that-stands-in-no-artefact"
_HEAD = "工单编号,受理时间,托管分行,网点,工单类型,渠道,客户号,客户姓名,联系电话,工单内容,处理状态"
_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "key-of-a-test-server",
    "AWS_SECRET_ACCESS_KEY": _SECRET,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "VOC_CUSTOMER_KEY": "a key for tests only, 32 bytes or so",
}


@dataclass(frozen=True)
class Bucket:
    """A bucket of the server, and what it takes to reach it."""

    url: str
    log: Path

    def asked(self) -> list[str]:
        """What the server was asked since the last call, a line each."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        self.log.write_text("", encoding="utf-8")
        return [line for line in text.splitlines() if " HTTP/1.1" in line]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A server that the environment names, and its log. One for all: s3fs keeps the address that it saw first."""
    log = tmp_path_factory.mktemp("server") / "log"
    with pytest.MonkeyPatch.context() as patch, log.open("ab") as file:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        process = subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)
        try:
            # It says at which free port it listens.
            assert wait_until(lambda: _LISTENS.search(log.read_text()) or process.poll() is not None)
            address = _LISTENS.search(log.read_text())
            assert address is not None
            for name, value in {**_ENVIRONMENT, "AWS_ENDPOINT_URL": address[0]}.items():
                patch.setenv(name, value)
            yield log
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def bucket(server: Path) -> Bucket:
    name = f"reports-{uuid.uuid4().hex}"
    locate(f"s3://{name}")[0].mkdir(name)
    return Bucket(f"s3://{name}", server)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A project in miniature with a raw export instead of landed tables, and a finished run of it on the disk."""
    folder = tmp_path_factory.mktemp("disk") / "p"
    tiny.project(folder, project / "params")
    shutil.rmtree(folder / "data")
    said = "和平支行,疑难,电话,C1,王小五,13800138000,转账不到账,处理中"
    rows = [
        f"GD{branch}{month}{n},{month}-0{n} 10:00:00,{branch}行,{said}"
        for branch in tiny.BRANCHES
        for month in tiny.MONTHS
        for n in range(1, 6)
    ]
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / _RAW).write_bytes("\n".join((_HEAD, *rows, "")).encode("gb18030"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOC_CUSTOMER_KEY", _ENVIRONMENT["VOC_CUSTOMER_KEY"])
        assert voc_run(folder, "data", "output").returncode == 0
    return folder


def put_raw(folder: Path, data: str) -> None:
    """The raw export into another data folder."""
    write_bytes(f"{data}/{_RAW}", (folder / "data" / _RAW).read_bytes())


def voc_run(folder: Path, data: str, output: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voc_lib", "run", "--data", data, "--output", output, "--no-pdf", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    print(done.stdout, done.stderr)
    return done


def hashes(url: str) -> dict[str, str]:
    """SHA-256 of each file below a folder or URL."""
    return {name: hashlib.sha256(read_bytes(f"{url}/{name}")).hexdigest() for name in files_below(url)}


def results(data: str, output: str) -> dict[str, str]:
    """All that a run leaves behind but its log."""
    found = {f"data/{name}": found for name, found in hashes(data).items() if not name.startswith("state/log/")}
    return found | {f"output/{name}": found for name, found in hashes(output).items()}


def test_a_run_on_an_object_store_leaves_what_one_on_a_disk_leaves(bucket: Bucket, folder: Path) -> None:
    data, output = f"{bucket.url}/some where/data", f"{bucket.url}/output"
    put_raw(folder, data)
    bucket.asked()
    told = voc_run(folder, data, output)
    assert told.returncode == 0
    assert "16 done" in told.stdout
    asked = bucket.asked()
    on_disk = results(str(folder / "data"), str(folder / "output"))
    assert results(data, output) == on_disk
    assert {"output/index.html", "output/2013-05/BJ/report.html", "data/state/land.json"} <= on_disk.keys()
    # No task lists a folder, which would take longer with each month that is there: what is listed is the run's.
    # (Of a key that is not there s3fs also asks for one below it, to tell whether it is a folder.)
    listed = [line for line in asked if "list-type=2" in line and "max-keys=1 " not in line.replace("&", " ")]
    assert len(listed) < 25, listed
    log = [name for name in files_below(data) if name.startswith("state/log/")]
    assert len(log) == 1
    for name in files_below(bucket.url):
        content = read_bytes(f"{bucket.url}/{name}")
        assert _SECRET.encode() not in content
        assert _ENVIRONMENT["AWS_ACCESS_KEY_ID"].encode() not in content

    told = voc_run(folder, data, output)
    assert told.returncode == 0
    assert "nothing changed" in told.stdout
    assert "16 up to date" in told.stdout


@pytest.mark.full
def test_a_run_that_is_killed_goes_on_from_what_the_store_holds(bucket: Bucket, folder: Path) -> None:
    data, output = f"{bucket.url}/data", f"{bucket.url}/output"
    put_raw(folder, data)
    command = [sys.executable, "-m", "voc_lib", "run", "--data", data, "--output", output, "--no-pdf", "--jobs", "1"]
    run = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)

    def n_done() -> int:
        return len([name for name in files_below(data) if name.startswith("state/done/")])

    assert wait_until(lambda: n_done() >= 3 or run.poll() is not None)
    assert run.poll() is None
    family = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.wait()
    assert not left_of(family)  # its worker may have ended one task more
    done = n_done()
    told = voc_run(folder, data, output)
    assert told.returncode == 0
    assert f"{16 - done} done" in told.stdout
    assert results(data, output) == results(str(folder / "data"), str(folder / "output"))


def test_workers_of_a_cluster_need_no_shared_disk(bucket: Bucket, folder: Path, tmp_path: Path) -> None:
    data, output = f"{bucket.url}/data", f"{bucket.url}/output"
    put_raw(folder, data)
    (tmp_path / "dask").mkdir()
    cluster = Cluster(tmp_path / "dask")
    try:
        cluster.scheduler()
        for _ in range(2):
            cluster.worker()
        cluster.wait_for_workers(2)
        told = voc_run(folder, data, output, "--scheduler", cluster.address)
    finally:
        cluster.stop()
    assert told.returncode == 0
    assert results(data, output) == results(str(folder / "data"), str(folder / "output"))


def test_a_store_that_does_not_answer_or_has_no_such_bucket_is_one_message(
    bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = voc_run(folder, "s3://mistyped/data", f"{bucket.url}/output")
    assert told.returncode == 2
    assert "no such bucket" in told.stderr
    assert "Traceback" not in told.stderr
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    told = voc_run(folder, f"{bucket.url}/data", f"{bucket.url}/output")
    assert told.returncode == 2
    assert "store cannot be reached" in told.stderr
    assert "Traceback" not in told.stderr
    assert os.environ["AWS_SECRET_ACCESS_KEY"] not in told.stderr
