"""What category, sentiment and intent share: features, a calibrated linear model, storing it, judging it."""

from voc_lib.learning.card import model_card, rounded
from voc_lib.learning.classifier import Options, TextClassifier
from voc_lib.learning.evaluate import calibration_error, chance_error, evaluate, reliability
from voc_lib.learning.storage import load_model, model_folder, save_model

__all__ = [
    "Options",
    "TextClassifier",
    "calibration_error",
    "chance_error",
    "evaluate",
    "load_model",
    "model_card",
    "model_folder",
    "reliability",
    "rounded",
    "save_model",
]
