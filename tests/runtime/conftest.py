"""Clients on a simulator that the tests share."""

from tests.support.clients import (
    client,
    make_client,
    plain_environment,
    shared_url,
    simulator,
    start_simulator,
)

__all__ = [
    "client",
    "make_client",
    "plain_environment",
    "shared_url",
    "simulator",
    "start_simulator",
]
