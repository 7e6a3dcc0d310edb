"""Keras layers of AutoInt, each registered under the package name `autoint_movies`."""

from training.layers.feature_embedding import FeatureEmbedding
from training.layers.feed_forward import FeedForward
from training.layers.field_dropout import FieldDropout
from training.layers.interacting import InteractingLayer
from training.layers.newcomer_calibration import NewcomerCalibration
from training.layers.numeric_embedding import NumericEmbedding
from training.layers.pooled_embedding import PooledEmbedding

__all__ = [
    "FeatureEmbedding",
    "FeedForward",
    "FieldDropout",
    "InteractingLayer",
    "NewcomerCalibration",
    "NumericEmbedding",
    "PooledEmbedding",
]
