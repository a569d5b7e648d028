"""Real small films."""

from tests.support.films import make_film

__all__ = ["make_film"]
