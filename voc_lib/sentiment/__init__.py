"""What customers feel and want: sentiment, intent, what they judge, and how likely a matter is to escalate."""

from voc_lib.sentiment.engines import ENGINES
from voc_lib.sentiment.reading import Reader
from voc_lib.sentiment.scorer import SentimentScorer
from voc_lib.sentiment.spans import SpanTagger, judge_spans, train_spans
from voc_lib.sentiment.training import train_intent, train_sentiment

__all__ = [
    "ENGINES",
    "Reader",
    "SentimentScorer",
    "SpanTagger",
    "judge_spans",
    "train_intent",
    "train_sentiment",
    "train_spans",
]
