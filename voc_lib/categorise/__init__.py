"""What each voice is about: rules and a model that decide together, say why, and hand over what they cannot decide."""

from voc_lib.categorise.categoriser import Categoriser
from voc_lib.categorise.labels import read_expert_labels
from voc_lib.categorise.overview import category_shares, decision_overview, evidence_examples, review_queue
from voc_lib.categorise.rules import RuleBook
from voc_lib.categorise.training import train_category

__all__ = [
    "Categoriser",
    "RuleBook",
    "category_shares",
    "decision_overview",
    "evidence_examples",
    "read_expert_labels",
    "review_queue",
    "train_category",
]
