"""The page: layout, events and texts. The only part that knows Gradio."""

from space.page.build import build_page
from space.page.serve import serve

__all__ = ["build_page", "serve"]
