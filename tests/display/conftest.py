"""Real small films for what reads them, and Studios without a browser."""

from tests.display.studio_page import open_page
from tests.storage.conftest import make_film

__all__ = ["make_film", "open_page"]
