"""Target statistics: numbers that say how a user and a film were rated in other rows.

They are made of training rows alone, and for a training row of the training rows in other folds.
"""

from __future__ import annotations

from training.target_statistics.folds import NAMES, TIMELESS, out_of_fold

__all__ = ["NAMES", "TIMELESS", "out_of_fold"]
