"""Real small films for what reads them."""

from tests.storage.conftest import make_film

__all__ = ["make_film"]
