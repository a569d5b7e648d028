"""Records and real small films."""

from tests.support.films import clock, make_film

__all__ = ["clock", "make_film"]
