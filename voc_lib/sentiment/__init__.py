"""What customers feel and want: sentiment, intent, what they judge, and how likely a matter is to escalate."""

from voc_lib.sentiment.engines import ENGINES
from voc_lib.sentiment.reading import Reader
from voc_lib.sentiment.scorer import SentimentScorer
from voc_lib.sentiment.training import train_intent, train_sentiment

__all__ = ["ENGINES", "Reader", "SentimentScorer", "train_intent", "train_sentiment"]
