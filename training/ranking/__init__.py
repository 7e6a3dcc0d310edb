"""Training the ranker: item-item models, examples, fitting, measuring and export."""
