"""Every engine keeps one contract; SnowNLP is imported only where it is chosen."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voc_lib.errors import ModelError
from voc_lib.learning import JoinedClassifier
from voc_lib.params import Profile
from voc_lib.sentiment import ENGINES, Reader, SentimentScorer
from voc_lib.sentiment.engines import voc_probabilities

TEXTS = ["服务很好,非常满意", "垃圾,太差了", "请问几点开门", "123", "???", "?"]


def with_engine(profile: Profile, engine: str) -> Profile:
    settings = profile.thresholds.sentiment.model_copy(update={"engine": engine})
    return replace(profile, thresholds=profile.thresholds.model_copy(update={"sentiment": settings}))


@pytest.fixture(scope="module")
def data_root(profile: Profile, shipped_model: JoinedClassifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from voc_lib.learning import save_joined

    root = tmp_path_factory.mktemp("data")
    save_joined(root / "models" / profile.name / "sentiment", shipped_model, {"kind": "sentiment"})
    return root


@pytest.mark.parametrize("engine", sorted(ENGINES))
# snownlp opens its word lists without closing them (0.12.3)
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
def test_an_engine_gives_a_probability_for_each_class(profile: Profile, data_root: Path, engine: str) -> None:
    scored = SentimentScorer.load(with_engine(profile, engine), data_root).score_texts(TEXTS)
    matrix = scored[["negative", "neutral", "positive"]].to_numpy(dtype=float)
    assert ((matrix >= 0) & (matrix <= 1)).all()
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    assert scored["sentiment"][0] > scored["sentiment"][1]


def test_snownlp_stays_out_unless_chosen(project: Path, data_root: Path) -> None:
    code = (
        "import sys; from voc_lib.params import load_profile; from voc_lib.sentiment import SentimentScorer; "
        "SentimentScorer.load(load_profile(sys.argv[1]), sys.argv[2]).score_texts(['很好']); "
        "sys.exit('snownlp' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(project / "params"), str(data_root)]
    assert subprocess.run(command, check=False).returncode == 0


def test_importing_the_room_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules); import voc_lib.sentiment; "
        "sys.exit(bool({'sklearn', 'snownlp', 'jieba', 'scipy', 'pandas'} & (set(sys.modules) - before)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_model_says_how_to_make_one(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voc_lib.learning.storage.sys.prefix", str(tmp_path))
    with pytest.raises(ModelError, match=r"no sentiment model.*\n.*make setup"):
        SentimentScorer.load(profile, tmp_path)


def test_a_model_of_other_classes_is_refused(profile: Profile) -> None:
    model = JoinedClassifier().fit(["ab", "cd"] * 3, np.zeros((6, 0)), ["bad", "good"] * 3)
    with pytest.raises(ModelError, match="other classes"):
        voc_probabilities(model, ["ab"], Reader(profile.lexicon.sentiment).read_all(["ab"]))


def test_no_texts_no_rows(profile: Profile, shipped_model: JoinedClassifier) -> None:
    assert voc_probabilities(shipped_model, [], Reader(profile.lexicon.sentiment).read_all([])).shape == (0, 3)
