"""Films by their titles: search, and own ratings brought as a list or a file."""
