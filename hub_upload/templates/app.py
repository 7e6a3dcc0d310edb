"""The page of film recommendations. `python app.py --help` lists its options."""

from space.artifacts import SharedModel
from space.options import source_from
from space.page import build_page, serve


def main() -> None:
    """Serve the page, from this machine or from a Space."""
    model = SharedModel(source_from())
    serve(build_page(model), model)


if __name__ == "__main__":
    main()
