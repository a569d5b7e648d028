"""No setting of the person who runs the tests counts here."""

from tests.support.clients import plain_environment

__all__ = ["plain_environment"]
