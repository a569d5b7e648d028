"""Values as they come, when some of them never will."""

from __future__ import annotations

import pytest

from sora_nb.handles.completions import Completions


def test_a_value_that_will_not_come_is_an_error_once_all_others_have_come() -> None:
    arrivals: Completions[str] = Completions(3, detached=KeyboardInterrupt)
    first, second, third = (arrivals._at(index) for index in range(3))
    arrivals.miss(ValueError("held back"))
    assert not first.done()
    arrivals.put("a")
    assert first.result(0) == "a"
    assert not second.done()
    arrivals.put("b")
    assert second.result(0) == "b"
    assert isinstance(third.exception(0), ValueError)
    values = iter(arrivals)
    assert [next(values), next(values)] == ["a", "b"]
    with pytest.raises(ValueError, match="held back"):
        next(values)
