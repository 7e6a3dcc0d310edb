"""Target statistics: numbers that say how a user and a film were rated in other rows.

They are made of training rows alone, and for a training row of the training rows in other folds. None
looks at when a rating was given: in a random split the ratings just before and after a test row are
training rows, which nobody has who recommends.
"""

from __future__ import annotations

from training.target_statistics.folds import NAMES, VERSION, out_of_fold

__all__ = ["NAMES", "VERSION", "out_of_fold"]
