"""Failures that a user can do something about. Their messages are shown as they are."""


class BundleError(Exception):
    """A bundle or its data set is missing, damaged, of a newer format, or does not fit."""


class PreparationError(Exception):
    """No model could be made ready; the message says why and what to do."""
