"""Failures that a user can do something about. Their messages are shown as they are."""


class BundleError(Exception):
    """A bundle or its data set is missing, damaged, of a newer format, or does not fit."""


class DamagedError(BundleError):
    """A file is not what was exported: missing, incomplete or altered. Fetching it again may help."""


class PreparationError(Exception):
    """No model could be made ready; the message says why and what to do."""
