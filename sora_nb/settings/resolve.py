"""Where each setting comes from: arguments, configure, environment, key sources, defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sora_nb.core.errors import InvalidRequest, shorten
from sora_nb.core.secret import Secret
from sora_nb.settings.readers import _READ
from sora_nb.settings.settings import KeySource, Settings

_ENVIRONMENT: Mapping[str, str] = {
    "api_key": "APIXO_API_KEY",
    "base_url": "APIXO_BASE_URL",
    "home": "SORA_NB_HOME",
    "media": "SORA_NB_MEDIA",
    "simulator_speed": "SORA_NB_SIMULATOR_SPEED",
    "poll": "SORA_NB_POLL",
}


def sealed(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The same settings, by name or by variable, with a key in them as a Secret.

    A traceback may show every variable of its frames (IPython's Verbose does): so none holds it.
    """
    named = ("api_key", _ENVIRONMENT["api_key"])
    return {
        name: Secret(value) if name in named and isinstance(value, str) else value
        for name, value in settings.items()
    }


def resolve(
    arguments: Mapping[str, Any],
    *,
    environ: Mapping[str, str],
    notebook_folder: Path,
    key_sources: Sequence[KeySource] = (),
    configured: Mapping[str, Any] | None = None,
) -> Settings:
    """Settings from arguments, then ``configure``, then the environment, then defaults.

    Raises InvalidRequest for a name or value that cannot be used.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    environ = sealed(
        {name: text for name in _ENVIRONMENT.values() if (text := environ.get(name, "").strip())}
    )
    arguments, configured = sealed(arguments), sealed(configured or {})
    layers = (("argument", arguments), ("configure", configured))
    known = {f.name for f in fields(Settings)} - {"origins"}
    for source, layer in layers:
        for name, value in layer.items():
            if name not in known:
                raise InvalidRequest(
                    f"{shorten(name, 60)!r} is not a setting.",
                    advice=f"Settings: {', '.join(sorted(known))}.",
                )
            if value is not None and name not in values:
                values[name], origins[name] = value, source
    for name, variable in _ENVIRONMENT.items():
        if name not in values and variable in environ:
            values[name], origins[name] = environ[variable], variable
    if "api_key" not in values:
        for source, read in key_sources:
            found = Secret((read() or "").strip())
            if found.reveal():
                values["api_key"], origins["api_key"] = found, source
                break
    values.setdefault("home", default_home())
    values.setdefault("media", notebook_folder / "sora_videos")
    return Settings(
        **{name: _READ[name](name, value) for name, value in values.items()},
        origins=MappingProxyType(origins),
    )


def default_home() -> Path:
    """The user's data folder for sora_nb on this system."""
    import platformdirs

    return Path(platformdirs.user_data_dir("sora_nb", appauthor=False))
