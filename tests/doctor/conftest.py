"""No setting of the person who runs the tests counts here."""

from tests.support.clients import plain_environment
from tests.support.films import make_film

__all__ = ["make_film", "plain_environment"]
