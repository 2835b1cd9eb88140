"""Tables and reports in an object store: a real S3-compatible server on loopback, real kernels, no disk shared."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.workflow import tiny
from tests.workflow.test_cluster import Cluster
from voc_lib.store import files_below, read_bytes, write_bytes

pytestmark = pytest.mark.kernel

_PATIENCE = 60.0
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

    def requests(self) -> list[str]:
        """What the server was asked since the last call, a line each."""
        text = self.log.read_text(encoding="utf-8", errors="replace")
        self.log.write_text("", encoding="utf-8")
        return [line for line in text.splitlines() if " HTTP/1.1" in line]


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    endpoint = f"http://127.0.0.1:{port}"
    for name, value in {**_ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    log = tmp_path / "server.log"
    with log.open("ab") as file:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        server = subprocess.Popen(command, stdout=file, stderr=file, start_new_session=True)
    try:
        wait_for_server(port, server)
        import s3fs

        s3fs.S3FileSystem(skip_instance_cache=True).mkdir("reports")
        yield Bucket("s3://reports", log)
    finally:
        server.kill()
        server.wait()


def wait_for_server(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        assert server.poll() is None
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("no server")


def lay_out(folder: Path, params: Path) -> None:
    """A project in miniature with a raw export instead of landed tables."""
    tiny.project(folder, params)
    shutil.rmtree(folder / "data")
    rows = [
        f"GD{branch}{month}{n},{month}-0{n} 10:00:00,{branch}行,和平支行,疑难,电话,C{n},王小五,13800138000,转账不到账,处理中"
        for branch in tiny.BRANCHES
        for month in tiny.MONTHS
        for n in range(1, 6)
    ]
    (folder / "data" / "raw").mkdir(parents=True)
    (folder / "data" / "raw" / "work_orders_1.csv").write_bytes("\n".join((_HEAD, *rows, "")).encode("gb18030"))


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


def test_a_run_on_an_object_store_leaves_what_one_on_a_disk_leaves(
    bucket: Bucket, tmp_path: Path, project: Path
) -> None:
    folder = tmp_path / "p"
    lay_out(folder, project / "params")
    data, output = f"{bucket.url}/some where/data", f"{bucket.url}/output"
    write_bytes(f"{data}/raw/work_orders_1.csv", (folder / "data" / "raw" / "work_orders_1.csv").read_bytes())
    assert voc_run(folder, "data", "output").returncode == 0
    bucket.requests()
    told = voc_run(folder, data, output)
    assert told.returncode == 0
    assert "16 done" in told.stdout
    asked = bucket.requests()
    on_disk = results(str(folder / "data"), str(folder / "output"))
    assert results(data, output) == on_disk
    assert {"output/index.html", "output/2013-05/BJ/report.html", "data/state/land.json"} <= on_disk.keys()
    # A listing for each task would grow with the months that are there; these are of the whole run.
    assert sum("list-type=2" in line for line in asked) < 40, asked
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


def test_a_run_that_is_killed_goes_on_from_what_the_store_holds(bucket: Bucket, tmp_path: Path, project: Path) -> None:
    folder = tmp_path / "p"
    lay_out(folder, project / "params")
    assert voc_run(folder, "data", "output").returncode == 0
    data, output = f"{bucket.url}/data", f"{bucket.url}/output"
    write_bytes(f"{data}/raw/work_orders_1.csv", (folder / "data" / "raw" / "work_orders_1.csv").read_bytes())
    command = [sys.executable, "-m", "voc_lib", "run", "--data", data, "--output", output, "--no-pdf", "--jobs", "1"]
    run = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + _PATIENCE
    while len([name for name in files_below(data) if name.startswith("state/done/")]) < 3:
        assert run.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    run.kill()
    run.wait()
    done = len([name for name in files_below(data) if name.startswith("state/done/")])
    told = voc_run(folder, data, output)
    assert told.returncode == 0
    assert f"{16 - done} done" in told.stdout
    assert results(data, output) == results(str(folder / "data"), str(folder / "output"))


def test_workers_of_a_cluster_need_no_shared_disk(bucket: Bucket, tmp_path: Path, project: Path) -> None:
    folder = tmp_path / "p"
    lay_out(folder, project / "params")
    assert voc_run(folder, "data", "output").returncode == 0
    data, output = f"{bucket.url}/data", f"{bucket.url}/output"
    write_bytes(f"{data}/raw/work_orders_1.csv", (folder / "data" / "raw" / "work_orders_1.csv").read_bytes())
    (tmp_path / "dask").mkdir()
    cluster = Cluster(tmp_path / "dask")
    try:
        cluster.scheduler()
        for _ in range(2):
            cluster.worker()
        told = voc_run(folder, data, output, "--scheduler", cluster.address)
    finally:
        cluster.stop()
    assert told.returncode == 0
    assert results(data, output) == results(str(folder / "data"), str(folder / "output"))


def test_a_store_that_does_not_answer_or_has_no_such_bucket_is_one_message(
    bucket: Bucket, tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "p"
    lay_out(folder, project / "params")
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
