"""Real small films for what reads them, and Studios without a browser."""

from tests.support.films import make_film
from tests.support.studio_page import open_page

__all__ = ["make_film", "open_page"]
