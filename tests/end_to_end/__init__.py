"""What a user does, from the command to the page."""
