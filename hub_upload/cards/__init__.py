"""The cards, that is the `README.md`, of the repositories that are published."""

from hub_upload.cards.dataset import dataset_card
from hub_upload.cards.model import model_card
from hub_upload.cards.space import space_card

__all__ = ["dataset_card", "model_card", "space_card"]
