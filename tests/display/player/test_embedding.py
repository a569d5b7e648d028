"""Which films a notebook holds itself."""

from __future__ import annotations

import msgspec
import pytest

from sora_nb.core.task import Film
from sora_nb.display.host.host import Host
from sora_nb.display.player.embedding import ASKED_LIMIT, FILM_LIMIT, NOTEBOOK_LIMIT, Embedding
from tests.support.records import BOAT_FILM


def film(size: int, digest: str = "3f9a") -> Film:
    return msgspec.structs.replace(BOAT_FILM, size=size, sha256=digest)


@pytest.mark.parametrize("host", list(Host))
def test_unasked_only_colabs_notebooks_hold_films(host: Host) -> None:
    embedding = Embedding()
    assert embedding.wanted(film(1000), host, embed=False) is (host is Host.COLAB)
    assert embedding.wanted(film(ASKED_LIMIT), host, embed=True)
    assert not embedding.wanted(film(ASKED_LIMIT + 1), host, embed=True)


def test_a_large_film_and_one_too_many_stay_outside() -> None:
    embedding = Embedding()
    assert not embedding.wanted(film(FILM_LIMIT + 1), Host.COLAB, embed=False)
    fit = NOTEBOOK_LIMIT // FILM_LIMIT
    for number in range(fit):
        assert embedding.wanted(film(FILM_LIMIT, str(number)), Host.COLAB, embed=False)
    assert not embedding.wanted(film(1, "one more"), Host.COLAB, embed=False)


def test_the_same_film_shown_again_takes_no_more_room() -> None:
    embedding = Embedding()
    for number in range(NOTEBOOK_LIMIT // FILM_LIMIT):
        assert embedding.wanted(film(FILM_LIMIT, str(number)), Host.COLAB, embed=False)
    assert embedding.wanted(film(FILM_LIMIT, "0"), Host.COLAB, embed=False)
