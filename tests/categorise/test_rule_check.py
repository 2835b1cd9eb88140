from voc_lib.categorise import check_rules
from voc_lib.params import Taxonomy


def kinds(taxonomy: Taxonomy, **given: object) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f.kind, f.rule, f.codes) for f in check_rules(taxonomy, **given)]  # type: ignore[arg-type]


def test_a_rule_that_experts_keep_overruling_is_found(taxonomy: Taxonomy) -> None:
    experts = {"额度甲": "16", "额度乙": "16", "额度丙": "90", "额度丁": "12"}
    assert kinds(taxonomy, experts=experts) == [("overruled", "额度", ("12",))]
    (finding,) = check_rules(taxonomy, experts=experts)
    assert (finding.n, finding.n_right) == (4, 1)
    assert str(finding) == "12: 额度 was overruled by experts on 3 of 4 texts"


def test_a_rule_that_experts_confirm_as_often_is_left_alone(taxonomy: Taxonomy) -> None:
    experts = {f"额度{i}": "16" if i % 2 else "12" for i in range(8)}
    assert kinds(taxonomy, experts=experts) == []


def test_rules_that_never_fire_are_told_only_where_there_are_texts_enough(taxonomy: Taxonomy) -> None:
    texts = [f"提额{i}" for i in range(500)]
    found = kinds(taxonomy, texts=texts)
    assert ("never", "额度", ("12",)) in found
    assert ("never", "(提高|增加).{0,4}额", ("12",)) in found
    assert ("never", "k宝", ("16",)) in found
    assert ("never", "提额", ("12",)) not in found
    assert kinds(taxonomy, texts=texts[:100]) == []


def test_a_word_that_decides_for_two_categories_contradicts_itself(taxonomy: Taxonomy) -> None:
    twice = taxonomy.model_dump()
    twice["levels"][1]["children"][0]["keywords"]["提额"] = 3.0
    assert kinds(Taxonomy.model_validate(twice)) == [("contradiction", "提额", ("12", "90"))]


def test_the_shipped_rules_do_not_contradict_each_other(profile) -> None:  # type: ignore[no-untyped-def]
    assert kinds(profile.taxonomy) == []
