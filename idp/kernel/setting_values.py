"""A section of the settings out of what a file or the environment says, by the types of its members."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

from idp.kernel.refusal import Fault

#: How a value of a type is written, where nothing but the type is known of it: the same in every language.
_WRITTEN = {bool: "true / false", int: "0, 1, 2…", float: "0, 0.5, 1…", str: '"…"'}


def section_of(section: str, kind: type, values: Mapping[str, Any], faults: list[Fault]) -> Any:
    """Return the section with the given values; what is unknown or of another type joins the faults."""
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    known = {item.name for item in fields(kind)}
    taken: dict[str, Any] = {}
    for key, raw in values.items():
        if key not in known:
            faults.append(Fault(f"{section}.{key}", "setting.unknown"))
            continue
        try:
            taken[key] = _value(hints[key], raw)
        except (TypeError, ValueError):
            faults.append(
                Fault(f"{section}.{key}", "setting.wrong_type", {"value": str(raw), "type": _written(hints[key])})
            )
    return kind(**taken)


def _value(kind: Any, raw: Any) -> Any:
    if kind is bool:
        if isinstance(raw, bool):
            return raw
        return (
            {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}.get(
                str(raw).lower()
            )
            if str(raw).lower() in {"true", "1", "yes", "false", "0", "no", ""}
            else _refuse(raw)
        )
    if kind in (int, float):
        if isinstance(raw, bool):
            raise TypeError(raw)
        number = kind(raw)
        return number if number >= 0 else _refuse(raw)
    if kind is str:
        return raw if isinstance(raw, str) else _refuse(raw)
    if isinstance(raw, str):
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    return tuple(str(part) for part in raw)


def _written(kind: Any) -> str:
    return _WRITTEN.get(kind, '["…", "…"]')


def _refuse(raw: Any) -> Any:
    raise ValueError(raw)
