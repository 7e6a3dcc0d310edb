"""What stands at the foot of the page: data set, licence and citation, and commits of the Hub."""

from __future__ import annotations

from space.page.language import text
from space.page.markdown import plain
from space.recommender import MovieRecommender


def footer(recommender: MovieRecommender, name: str, language: str) -> str:
    """Data set, licence and citation; and of what is from the Hub, repository and commit.

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
    lines += [
        f"{text(language, f'footer.{what}')}: {plain(dataset[what])}"
        for what in ("licence", "citation")
        if dataset.get(what)
    ]
    return "\n\n".join(lines)
