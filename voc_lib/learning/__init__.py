"""What category, sentiment and intent share: features, a calibrated linear model, storing it, judging it."""

from voc_lib.learning.card import model_card, rounded
from voc_lib.learning.classifier import Options, TextClassifier
from voc_lib.learning.diagram import reliability_svg
from voc_lib.learning.evaluate import calibration_error, chance_error, evaluate, reliability
from voc_lib.learning.joined import JoinedClassifier, JoinedOptions, load_joined, save_joined
from voc_lib.learning.storage import load_model, model_folder, save_files, save_model

__all__ = [
    "JoinedClassifier",
    "JoinedOptions",
    "Options",
    "TextClassifier",
    "calibration_error",
    "chance_error",
    "evaluate",
    "load_joined",
    "load_model",
    "model_card",
    "model_folder",
    "reliability",
    "reliability_svg",
    "rounded",
    "save_files",
    "save_joined",
    "save_model",
]
