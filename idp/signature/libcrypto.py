"""The same arithmetic by the system's libcrypto, found at start: three to five times faster, and it drops the GIL.

Only the library's general curve functions are called (no engine, no provider); they are not deprecated in OpenSSL 3.
Where the library or one of the functions is missing, ``find`` returns None and plain Python does the work.
"""

import ctypes
from functools import lru_cache
from typing import Any

from idp.signature.curves import Curve, Point
from idp.signature.points import Points, PythonPoints

_LIBRARY = "libcrypto.so.3"
_POINTER, _INT = ctypes.c_void_p, ctypes.c_int
#: Every function that is called: what it returns and what it takes.
_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "BN_bin2bn": (_POINTER, [ctypes.c_char_p, _INT, _POINTER]),
    "BN_bn2binpad": (_INT, [_POINTER, ctypes.c_char_p, _INT]),
    "BN_new": (_POINTER, []),
    "BN_free": (None, [_POINTER]),
    "EC_GROUP_new_curve_GFp": (_POINTER, [_POINTER, _POINTER, _POINTER, _POINTER]),
    "EC_GROUP_set_generator": (_INT, [_POINTER, _POINTER, _POINTER, _POINTER]),
    "EC_POINT_new": (_POINTER, [_POINTER]),
    "EC_POINT_free": (None, [_POINTER]),
    "EC_POINT_set_affine_coordinates": (_INT, [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "EC_POINT_get_affine_coordinates": (_INT, [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "EC_POINT_is_at_infinity": (_INT, [_POINTER, _POINTER]),
    "EC_POINT_mul": (_INT, [_POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _POINTER]),
    "ERR_clear_error": (None, []),
}


class LibcryptoPoints:
    """Point arithmetic by ``EC_POINT_mul``; groups are made once per curve and live as long as the process."""

    name = "libcrypto"

    def __init__(self, library: Any) -> None:
        self._library = library
        self._groups: dict[str, int] = {}

    def combine(self, curve: Curve, u: int, v: int, point: Point) -> Point | None:
        numbers: list[int] = []
        points: list[int] = []
        try:
            group = self._group(curve)
            key = self._point(group, curve, point, numbers, points)
            total = self._made(points, self._library.EC_POINT_new(group))
            left, right = self._number(numbers, u), self._number(numbers, v)
            self._check(self._library.EC_POINT_mul(group, total, left, key, right, None))
            if self._library.EC_POINT_is_at_infinity(group, total):
                return None
            x, y = self._made(numbers, self._library.BN_new()), self._made(numbers, self._library.BN_new())
            self._check(self._library.EC_POINT_get_affine_coordinates(group, total, x, y, None))
            return self._read(x, curve.size), self._read(y, curve.size)
        finally:
            for number in numbers:
                self._library.BN_free(number)
            for made in points:
                self._library.EC_POINT_free(made)

    def _group(self, curve: Curve) -> int:
        """Return the curve's group, made at its first use. Two threads may both make one; either will do."""
        found = self._groups.get(curve.name)
        if found is not None:
            return found
        numbers: list[int] = []
        points: list[int] = []
        try:
            parts = [self._number(numbers, number) for number in (curve.p, curve.a, curve.b)]
            group = self._made([], self._library.EC_GROUP_new_curve_GFp(*parts, None))
            base = self._point(group, curve, curve.base, numbers, points)
            order = self._number(numbers, curve.q)
            self._check(self._library.EC_GROUP_set_generator(group, base, order, None))
        finally:
            for number in numbers:
                self._library.BN_free(number)
            for made in points:
                self._library.EC_POINT_free(made)
        self._groups[curve.name] = group
        return group

    def _point(self, group: int, curve: Curve, point: Point, numbers: list[int], points: list[int]) -> int:
        made = self._made(points, self._library.EC_POINT_new(group))
        x, y = self._number(numbers, point[0]), self._number(numbers, point[1])
        self._check(self._library.EC_POINT_set_affine_coordinates(group, made, x, y, None))
        return made

    def _number(self, owned: list[int], number: int) -> int:
        octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
        return self._made(owned, self._library.BN_bin2bn(octets, len(octets), None))

    def _read(self, number: int, size: int) -> int:
        buffer = ctypes.create_string_buffer(size)
        if self._library.BN_bn2binpad(number, buffer, size) != size:
            raise ArithmeticError("libcrypto")
        return int.from_bytes(buffer.raw, "big")

    def _made(self, owned: list[int], pointer: int | None) -> int:
        if not pointer:
            self._library.ERR_clear_error()
            raise ArithmeticError("libcrypto")
        owned.append(pointer)
        return pointer

    def _check(self, result: int) -> None:
        if result != 1:
            self._library.ERR_clear_error()
            raise ArithmeticError("libcrypto")


@lru_cache(maxsize=1)
def find(name: str = _LIBRARY) -> LibcryptoPoints | None:
    """Return the arithmetic of the system's library, or None where it cannot be had."""
    try:
        library = ctypes.CDLL(name)
        for function, (result, arguments) in _FUNCTIONS.items():
            found = getattr(library, function)
            found.restype, found.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return LibcryptoPoints(library)


def best() -> Points:
    """Return the faster arithmetic of those that are there."""
    return find() or PythonPoints()
