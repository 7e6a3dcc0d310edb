"""`python -m training describe`: what a data set looks like, as one page."""
