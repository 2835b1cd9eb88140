"""What customers feel and want: sentiment, intent, what they judge, and how likely a matter is to escalate."""

from voc_lib.sentiment.engines import ENGINES
from voc_lib.sentiment.intent import intent_of
from voc_lib.sentiment.reading import Reader, Reading
from voc_lib.sentiment.scorer import SentimentScorer
from voc_lib.sentiment.training import train_sentiment

__all__ = ["ENGINES", "Reader", "Reading", "SentimentScorer", "intent_of", "train_sentiment"]
