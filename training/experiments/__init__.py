"""Plans of experiments: models trained side by side on the same rows, and searches over ranges."""
