"""What the data says of a user and of the model's lists: taste, months, held-out films."""
