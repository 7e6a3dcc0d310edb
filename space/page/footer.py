"""What stands at the foot of the page: the data set and where its terms are, and commits of the Hub."""

from __future__ import annotations

from space.page.language import text
from space.page.markdown import plain
from space.recommender import MovieRecommender

ABOUT = "?tab=about"
"""The address of the tab about the model, which `page.js` opens without leaving the page."""


def footer(recommender: MovieRecommender, name: str, language: str) -> str:
    """The data set, the way to its terms in the tab that tells them, and of the Hub what is from there.

    Args:
        recommender: The model.
        name: What the model of P(like) is called.
        language: The visitor's.
    """
    dataset = recommender.bundle.schema.dataset
    data = dataset.get("name") or text(language, "footer.unnamed")
    lines = [text(language, "footer.trained", name=plain(name), data=plain(data))]
    lines += [
        f"{text(language, key)}: [{plain(origin.repository.id)} @ {origin.short_sha}]({origin.url})"
        for key, origin in (
            ("footer.model", recommender.origin),
            ("footer.users", recommender.dataset_origin),
        )
        if origin is not None
    ]
    if dataset.get("licence") or dataset.get("citation"):
        lines.append(f"[{text(language, 'footer.terms')}]({ABOUT})")
    return "\n\n".join(lines)
