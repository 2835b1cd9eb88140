"""What each voice is about: rules and a model that decide together, say why, and hand over what they cannot decide."""

from voc_lib.categorise import monitoring
from voc_lib.categorise.categoriser import Categoriser
from voc_lib.categorise.expert_form import expert_form, read_expert_form
from voc_lib.categorise.labels import add_expert_labels, read_expert_labels, read_label_table
from voc_lib.categorise.overview import category_shares, decision_overview, evidence_examples, review_queue
from voc_lib.categorise.queue import expert_queue
from voc_lib.categorise.rule_check import check_rules
from voc_lib.categorise.rules import RuleBook
from voc_lib.categorise.training import train_category
from voc_lib.categorise.versions import broken_series, migrated

__all__ = [
    "Categoriser",
    "RuleBook",
    "add_expert_labels",
    "broken_series",
    "category_shares",
    "check_rules",
    "decision_overview",
    "evidence_examples",
    "expert_form",
    "expert_queue",
    "migrated",
    "monitoring",
    "read_expert_form",
    "read_expert_labels",
    "read_label_table",
    "review_queue",
    "train_category",
]
