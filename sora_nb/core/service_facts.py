"""Facts of the service that many parts need. Imports nothing: ``%load_ext`` needs them too."""

from __future__ import annotations

DEFAULT_BASE_URL = "https://api.apixo.ai/api/v1"


SIMULATOR = "simulator"
"""The embedded simulator as a service: no key, no base URL."""


RESULT_LIFETIME = 15 * 86400.0
"""Seconds that a result URL lives (docs/design/contract.md, "How long a result lives")."""
