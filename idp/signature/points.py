"""Arithmetic on the points of a curve: one sum of two multiples, which is all that checking a signature needs.

``PythonPoints`` is always there; ``libcrypto`` holds a faster twin. Public data only, so nothing runs in constant time.
"""

from functools import lru_cache
from typing import Protocol

from idp.signature.curves import Curve, Point

#: A point as X/Z², Y/Z³; Z = 0 is the point at infinity.
_Jacobian = tuple[int, int, int]
_BASE_WIDTH, _KEY_WIDTH = 8, 5


class Points(Protocol):
    """What a signature check asks of the arithmetic."""

    name: str

    def combine(self, curve: Curve, u: int, v: int, point: Point) -> Point | None:
        """Return u·base + v·point for 0 <= u, v < q, or None for the point at infinity."""


class PythonPoints:
    """Interleaved signed windows over Jacobian coordinates, with kept tables for the base points."""

    name = "python"

    def combine(self, curve: Curve, u: int, v: int, point: Point) -> Point | None:
        base, key = _base_multiples(curve), _key_multiples(curve, point)
        total = _sum(curve, (_signed_windows(u, _BASE_WIDTH), base), (_signed_windows(v, _KEY_WIDTH), key))
        return _affine(curve, total)


def _sum(curve: Curve, *terms: tuple[dict[int, int], tuple[Point, ...]]) -> _Jacobian:
    """Add multiples given by their windows, sharing the doublings."""
    p = curve.p
    additions: dict[int, list[Point]] = {}
    for windows, table in terms:
        for place, digit in windows.items():
            x, y = table[abs(digit) >> 1]
            additions.setdefault(place, []).append((x, y if digit > 0 else p - y))
    total: _Jacobian = (0, 1, 0)
    last = 0
    for place, points in sorted(additions.items(), reverse=True):
        total = _double(curve, total, last - place) if total[2] else total
        for point in points:
            total = _add(curve, total, point)
        last = place
    return _double(curve, total, last) if total[2] else total


def _signed_windows(number: int, width: int) -> dict[int, int]:
    """Write the number as a sum of odd signed digits below 2^(width-1), by place; most places have none."""
    windows = {}
    place, full, half = 0, 1 << width, 1 << (width - 1)
    while number:
        zeros = (number & -number).bit_length() - 1
        number >>= zeros
        place += zeros
        digit = number & (full - 1)
        if digit >= half:
            digit -= full
        windows[place] = digit
        number = (number - digit) >> width
        place += width
    return windows


def _double(curve: Curve, point: _Jacobian, times: int) -> _Jacobian:
    p, a = curve.p, curve.a
    x, y, z = point
    minus_three = a == p - 3
    for _ in range(times):
        zz = z * z % p
        yy = y * y % p
        beta = x * yy % p
        slope = 3 * (x - zz) * (x + zz) % p if minus_three else (3 * x * x + a * (zz * zz % p)) % p
        z = 2 * y * z % p
        x = (slope * slope - 8 * beta) % p
        y = (slope * (4 * beta - x) - 8 * yy * yy) % p
    return x, y, z


def _add(curve: Curve, left: _Jacobian, right: Point) -> _Jacobian:
    """Add a Jacobian and an affine point; equal and opposite points come out right too."""
    x1, y1, z1 = left
    x2, y2 = right
    if not z1:
        return x2, y2, 1
    p = curve.p
    zz = z1 * z1 % p
    h = (x2 * zz - x1) % p
    r = (y2 * (zz * z1 % p) - y1) % p
    if not h:
        return _double(curve, (x2, y2, 1), 1) if not r else (0, 1, 0)
    hh = h * h % p
    hhh = h * hh % p
    v = x1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - y1 * hhh) % p, z1 * h % p


def _affine(curve: Curve, point: _Jacobian) -> Point | None:
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, curve.p)
    square = inverse * inverse % curve.p
    return x * square % curve.p, y * square * inverse % curve.p


@lru_cache(maxsize=16)
def _base_multiples(curve: Curve) -> tuple[Point, ...]:
    return _odd_multiples(curve, curve.base, _BASE_WIDTH)


@lru_cache(maxsize=256)
def _key_multiples(curve: Curve, point: Point) -> tuple[Point, ...]:
    return _odd_multiples(curve, point, _KEY_WIDTH)


def _odd_multiples(curve: Curve, point: Point, width: int) -> tuple[Point, ...]:
    """Return point, 3·point, 5·point … as many as a window needs, affine, with one inversion for all."""
    p = curve.p
    twice = _affine(curve, _double(curve, (*point, 1), 1))
    if twice is None:  # a point of order two: every odd multiple is the point itself
        return (point,) * (1 << (width - 2))
    chain: list[_Jacobian] = [(*point, 1)]
    for _ in range((1 << (width - 2)) - 1):
        chain.append(_add(curve, chain[-1], twice))
    if any(not z for _, _, z in chain):
        raise ArithmeticError("a point of small order")
    products = [1]
    for _, _, z in chain:
        products.append(products[-1] * z % p)
    inverse = pow(products[-1], -1, p)
    result = []
    for index in range(len(chain) - 1, -1, -1):
        x, y, z = chain[index]
        own = inverse * products[index] % p
        inverse = inverse * z % p
        square = own * own % p
        result.append((x * square % p, y * square * own % p))
    return tuple(reversed(result))
