"""Chinese text: one normal form, words, and the phrases that tell what a set of texts is about."""

from voc_lib.text.joined import joined
from voc_lib.text.normalise import normalise
from voc_lib.text.phrases import PhraseFinder, key_phrases, text_keywords
from voc_lib.text.segment import Segmenter, tagger
from voc_lib.text.traditional import simplified

__all__ = ["PhraseFinder", "Segmenter", "joined", "key_phrases", "normalise", "simplified", "tagger", "text_keywords"]
