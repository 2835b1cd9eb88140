"""Landing (map, check, mask, link to branch and month, write Parquet) against merely parsing the same files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.ratio import Ratio, seconds

_BRANCHES, _MONTHS = 6, 6


def measure() -> list[Ratio]:
    """Ratios of landing anew, and of landing when nothing changed, to reading the files with pandas."""
    import pandas as pd

    from voc_lib.demo import write_demo
    from voc_lib.ingest import land
    from voc_lib.params import load_profile

    os.environ.setdefault("VOC_CUSTOMER_KEY", "benchmark key, of no use elsewhere")
    profile = load_profile(Path(__file__).resolve().parents[1] / "params")
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        files = write_demo(root / "0" / "raw", profile=profile, branches=_BRANCHES, months=_MONTHS)
        for number in ("1", "2"):
            write_demo(root / number / "raw", profile=profile, branches=_BRANCHES, months=_MONTHS)

        def parse() -> int:
            n = 0
            for file in files:
                if file.suffix == ".xlsx":
                    n += len(pd.read_excel(file, dtype=str, engine="calamine"))
                elif file.suffix == ".csv":
                    encoding = "gb18030" if file.name.startswith("work") else "utf-8-sig"
                    n += len(pd.read_csv(file, dtype=str, encoding=encoding, on_bad_lines="skip"))
            return n

        fresh = iter(("0", "1", "2"))
        rows = parse()
        parsing = seconds(parse)
        anew = seconds(lambda: land(profile, str(root / next(fresh))))
        again = seconds(lambda: land(profile, str(root / "2")))
    on = f"{rows:,} rows of {_BRANCHES} branches and {_MONTHS} months"
    return [
        Ratio("landing raw exports", "pandas parsing them", anew / parsing, on),
        Ratio("landing when nothing changed", "landing", again / anew, on),
    ]
