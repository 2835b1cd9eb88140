"""Landing (read, map, check, mask, key, write Parquet) against merely parsing the same file, on one core.

Each measurement is a process of its own on one core, so that peaks of memory are its own, and one after the other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.ratio import Ratio, seconds

PROJECT = Path(__file__).resolve().parents[1]
# What the project promises holds for 1,000,000 and 5,000,000; of fewer, what a landing costs once weighs more.
_ROWS = int(os.environ.get("VOC_BENCH_ROWS", "1000000"))
_TIMES_MORE = 5
_SHEET_ROWS = 20_000
_HEADING = "工单编号,受理时间,托管分行,网点,工单类型,渠道,客户号,客户姓名,联系电话,工单内容,处理状态"


def measure() -> list[Ratio]:
    """Ratios of landing to parsing in time, of many rows to fewer in memory, and of workbooks to openpyxl."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        small, large = root / "small.csv", root / "large.csv"
        _write_orders(small, _ROWS)
        _write_orders(large, _ROWS * _TIMES_MORE)
        parsing = _alone("parse", small)
        anew = _alone("land", small, root / "small")
        again = _alone("land", small, root / "small")
        more = _alone("land", large, root / "large")
        book = root / "book.xlsx"
        _write_book(book)
        sheets = _alone("sheets", book)
    on = f"{_ROWS:,} rows of GB18030, one core"
    return [
        Ratio("landing a large CSV", "pandas.read_csv of it", anew["seconds"] / parsing["seconds"], on),
        Ratio("landing when nothing changed", "landing", again["seconds"] / anew["seconds"], on),
        Ratio(f"memory of landing {_TIMES_MORE} × the rows", "of landing them once", more["peak"] / anew["peak"], on),
        Ratio("memory of landing", "1.5 GiB", max(anew["peak"], more["peak"]) / (1.5 * 2**20), on),
        Ratio("reading a workbook", "pandas with openpyxl", sheets["ours"] / sheets["theirs"], f"{_SHEET_ROWS:,} rows"),
    ]


def _alone(what: str, *files: Path) -> dict[str, float]:
    """One measurement in a process of its own: processor seconds, and the peak of its memory in KiB."""
    env = {**os.environ, "VOC_CUSTOMER_KEY": "benchmark key, of no use elsewhere", "PYTHONPATH": str(PROJECT)}
    env |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ARROW_IO_THREADS"), "1")
    command = [sys.executable, "-m", "benchmarks.bench_landing", what, *map(str, files)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=env, cwd=PROJECT)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _main(what: str, *files: str) -> None:
    import resource
    import time

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start = time.process_time()
    told = _ACTIONS[what](*map(Path, files))
    told |= {"seconds": time.process_time() - start}
    told |= {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    print(json.dumps(told))


def _parse(file: Path) -> dict[str, float]:
    import pandas as pd

    return {"rows": len(pd.read_csv(file, encoding="gb18030", dtype=str))}


def _land(file: Path, root: Path) -> dict[str, float]:
    import pyarrow as pa

    from voc_lib.ingest import land
    from voc_lib.params import load_profile

    pa.set_cpu_count(1)
    (root / "raw").mkdir(parents=True, exist_ok=True)
    there = root / "raw" / "work_orders_1.csv"
    if not there.exists():
        there.hardlink_to(file)
    return {"rows": land(load_profile(PROJECT / "params"), root).n_rows}


def _sheets(file: Path) -> dict[str, float]:
    import pandas as pd

    from voc_lib.ingest.raw import RawFile
    from voc_lib.ingest.readers import read_chunks
    from voc_lib.params import SourceSettings

    columns = {"record_id": "0", "occurred_at": "1", "branch": "2", "text": "3"}
    settings = SourceSettings.model_validate({"files": ["*.xlsx"], "columns": columns})
    raw = RawFile(file.name, file, "work_order", "")
    return {
        "ours": seconds(lambda: sum(chunk.n_rows for chunk in read_chunks(raw, settings)), tries=2),
        "theirs": seconds(lambda: len(pd.read_excel(file, dtype=str, engine="openpyxl")), tries=1),
    }


_ACTIONS = {"parse": _parse, "land": _land, "sheets": _sheets}


def _write_orders(file: Path, n_rows: int) -> None:
    """Work orders of made-up customers, some with a number in the text."""
    import random

    from voc_lib.params import load_profile

    profile = load_profile(PROJECT / "params")
    texts = [text for category in profile.taxonomy.categories for text in category.examples]
    names = [branch.name for branch in profile.branches.branches]
    draw = random.Random(1)
    with file.open("w", encoding="gb18030", newline="\r\n") as out:
        out.write(_HEADING + "\n")
        for number in range(n_rows):
            # More rows are more months, as they are in life.
            month = draw.randrange(6 * max(1, n_rows // _ROWS))
            day = f"{2008 + month // 12}-{month % 12 + 1:02d}-{draw.randint(1, 28):02d}"
            text = f"{draw.choice(texts)}，{draw.choice(texts)}"
            if number % 40 == 0:
                text += f"请回电139{draw.randrange(10**8):08d}"
            time = f"{draw.randrange(24):02d}:{draw.randrange(60):02d}:{draw.randrange(60):02d}"
            out.write(
                f"GD{day.replace('-', '')}{number:07d},{day} {time},{draw.choice(names)},支行{number % 50},疑难,柜面,"
                f"C{draw.randrange(n_rows // 2):08d},王小五,138{draw.randrange(10**8):08d},{text},处理中\n"
            )


def _write_book(file: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame({str(c): [f"文字{c}之{r}" for r in range(_SHEET_ROWS)] for c in range(9)})
    frame.assign(time=pd.Timestamp("2013-05-02 10:00:00")).to_excel(file, index=False)


if __name__ == "__main__":
    _main(*sys.argv[1:])
