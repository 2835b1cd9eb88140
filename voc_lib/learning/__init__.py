"""What category, sentiment and intent share: features, a calibrated linear model, storing it, judging it."""

from voc_lib.learning.card import model_card
from voc_lib.learning.classifier import TextClassifier
from voc_lib.learning.evaluate import calibration_error, evaluate
from voc_lib.learning.storage import load_model, model_folder, save_model

__all__ = [
    "TextClassifier",
    "calibration_error",
    "evaluate",
    "load_model",
    "model_card",
    "model_folder",
    "save_model",
]
