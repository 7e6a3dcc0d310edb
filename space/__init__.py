"""What serves recommendations: the only package that the deployed Space needs."""
