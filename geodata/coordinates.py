"""Positions as people write them: decimal degrees, degrees-minutes-seconds, MGRS.

Text has latitude first, as maps and gazetteers print it; every function and tuple here has longitude first,
as GeoJSON does. Datum: WGS 84.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Final

import mgrs as _mgrs

from geodata.bbox import KM_PER_DEGREE_LONGITUDE
from geodata.errors import GeodataError

MAX_LENGTH: Final = 80
MAX_RADIUS_M: Final = 10_000_000
DEGREE_M: Final = KM_PER_DEGREE_LONGITUDE * 1000  # at most, on the equator

_SAME_SIGNS: Final = str.maketrans(
    {
        **dict.fromkeys("º˚", "°"),
        **dict.fromkeys("′’‘ʹʼ´`", "'"),  # the signs that word processors put for a prime
        **dict.fromkeys("″”“ʺ", '"'),
        **dict.fromkeys("−–—‐‑", "-"),  # and for a minus
        **dict.fromkeys("،；;/|", ","),
        "٫": ".",
        "\u00a0": " ",
        "\u202f": " ",
        "\u200e": None,  # direction marks that come along when one copies beside Arabic
        "\u200f": None,
        **{chr(zero + digit): str(digit) for zero in (0x660, 0x6F0) for digit in range(10)},
    }
)
_MGRS = re.compile(r"(\d{1,2}[C-HJ-NP-X]|[ABYZ])([A-HJ-NP-Z]{2})(\d*)")
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?|\.\d+)|([NSEW])|(\"|''|[°'])|([-+])|(,))")
_RIGHT: Final = (
    "Write latitude, then longitude: 34.3975, 40.977 or 34°23'51\"N 40°58'37.2\"E, or MGRS: "
    "37S FU 81730 08003."
)


@dataclass(slots=True)
class _Angle:
    numbers: list[str] = field(default_factory=list)
    marks: str = ""
    negative: bool = False
    signed: bool = False
    letter: str = ""


def position(lon: float, lat: float) -> tuple[float, float]:
    """The position as floats. Raises GeodataError for what is no number, not finite or nowhere on earth.

    >>> position(40.977, 34.3975)
    (40.977, 34.3975)
    >>> position(34.3975, 140)
    Traceback (most recent call last):
    geodata.errors.GeodataError: Latitude 140.0 lies outside -90 to 90. Are latitude and longitude swapped?
    """
    try:
        x, y = float(lon), float(lat)
    except (TypeError, ValueError, OverflowError):
        raise GeodataError(f"Longitude and latitude must be numbers. {_RIGHT}") from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise GeodataError("Longitude and latitude must be finite numbers, neither infinite nor NaN.")
    if not -90 <= y <= 90:
        swapped = " Are latitude and longitude swapped?" if abs(y) <= 180 and abs(x) <= 90 else ""
        raise GeodataError(f"Latitude {y} lies outside -90 to 90.{swapped}")
    if not -180 <= x <= 180:
        raise GeodataError(f"Longitude {x} lies outside -180 to 180.")
    return x + 0.0, y + 0.0  # no negative zero


def parse(text: str) -> tuple[float, float]:
    """One position as an editor pastes it, as (longitude, latitude) in degrees. Raises GeodataError.

    Without letters latitude comes first. An MGRS square is read as its centre.

    >>> parse("34.3975, 40.977")
    (40.977, 34.3975)
    >>> parse("40°58′37.2″E 34°23′51″N")
    (40.977, 34.3975)
    >>> [round(degrees, 4) for degrees in parse("37S FU 81730 08003")]
    [40.977, 34.3975]
    """
    if not isinstance(text, str):
        raise GeodataError(f"A position is a text. {_RIGHT}")
    if len(text) > MAX_LENGTH:
        raise GeodataError(f"A position has at most {MAX_LENGTH} characters, this text has {len(text)}.")
    plain = text.translate(_SAME_SIGNS).strip().strip("()[]").strip().upper()
    if not plain:
        raise GeodataError(f"The position is blank. {_RIGHT}")
    if match := _MGRS.fullmatch(re.sub(r"\s", "", plain)):
        return _from_mgrs(*match.groups())
    angles = _angles(plain)
    if len(angles) != 2:
        raise GeodataError(f"A position has a latitude and a longitude, and decimals take a point. {_RIGHT}")
    return _pair(*angles)


def formats(lon: float, lat: float, radius_m: float) -> dict[str, str]:
    """The position as "decimal", "dms" and "mgrs" text, with no more digits than its radius is worth.

    Each text has the fewest digits that keep it inside the circle, and none finer than 0.3 m. Latitude first.
    Raises GeodataError for a bad position or radius.

    >>> formats(40.977, 34.3975, 5000)
    {'decimal': '34.40, 40.98', 'dms': '34°24′N 40°59′E', 'mgrs': '37S FU 81 08'}
    >>> formats(40.977, 34.3975, 10)["dms"]
    '34°23′51.0″N 40°58′37.2″E'
    """
    x, y = position(lon, lat)
    if not 0 < radius_m < MAX_RADIUS_M:
        raise GeodataError(f"A radius lies above 0 and below {MAX_RADIUS_M:,} metres, not {radius_m}.")
    step_m = radius_m * math.sqrt(2)  # half a step off both ways is then still inside the circle
    decimals = next((d for d in range(6) if DEGREE_M / 10**d <= step_m), 6)
    return {
        "decimal": f"{_rounded(y, decimals)}, {_rounded(x, decimals)}",
        "dms": f"{_dms(y, 'NS', step_m)} {_dms(x, 'EW', step_m)}",
        "mgrs": _to_mgrs(x, y, next((d for d in range(5) if 10 ** (5 - d) <= step_m), 5)),
    }


def _angles(text: str) -> list[_Angle]:
    """The angles of a text: numbers with their marks, sign and letter, cut where a new one begins."""
    angles = [_Angle()]
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if not match:
            raise GeodataError(f"“{_shown(text[place:].strip()[:10])}” is no part of a position. {_RIGHT}")
        number, letter, mark, sign, comma = match.groups()
        place = match.end()
        now = angles[-1]
        if comma or (sign and now.numbers):
            now = _next(angles)
        if sign:
            if now.signed or now.numbers:
                raise GeodataError(f"A sign stands before its number, once. {_RIGHT}")
            now.signed, now.negative = True, sign == "-"
        elif letter:
            _add_letter(angles, letter)
        elif mark:
            _add_mark(angles, mark)
        elif number:
            now.numbers.append(number)
    return _halves([angle for angle in angles if angle.numbers or angle.letter or angle.signed])


def _next(angles: list[_Angle]) -> _Angle:
    if angles[-1].numbers:
        angles.append(_Angle())
    return angles[-1]


def _add_letter(angles: list[_Angle], letter: str) -> None:
    """A letter after an angle ends it; one before an angle begins it."""
    now = angles[-1]
    if now.numbers and now.letter:
        now = _next(angles)
    if now.letter:
        raise GeodataError(f"Two compass letters follow each other. {_RIGHT}")
    now.letter = letter
    if now.numbers:
        _next(angles)


def _add_mark(angles: list[_Angle], mark: str) -> None:
    now = angles[-1]
    if mark == "°" and len(now.numbers) > 1:  # the degrees of the next angle, with nothing between
        angles.append(_Angle(numbers=[now.numbers.pop()]))
        now = angles[-1]
    now.marks += '"' if mark == "''" else mark
    if len(now.marks) != len(now.numbers) or not "°'\"".startswith(now.marks):
        raise GeodataError(f"The marks °, ' and \" follow degrees, minutes and seconds. {_RIGHT}")


def _halves(angles: list[_Angle]) -> list[_Angle]:
    """Two, four or six bare numbers in a row are two angles."""
    if len(angles) == 1 and not angles[0].letter and not angles[0].marks:
        numbers, half = angles[0].numbers, len(angles[0].numbers) // 2
        if len(numbers) in (2, 4, 6):
            first = _Angle(numbers[:half], negative=angles[0].negative, signed=angles[0].signed)
            return [first, _Angle(numbers[half:])]
    return angles


def _pair(first: _Angle, second: _Angle) -> tuple[float, float]:
    letters = first.letter + second.letter
    if len(letters) == 1:
        raise GeodataError("Give both compass letters or none: one of N and S, one of E and W.")
    if letters and not (set(letters) & set("NS") and set(letters) & set("EW")):
        raise GeodataError(
            f"“{letters[0]}” and “{letters[1]}” are not a latitude (N, S) and a longitude (E, W)."
        )
    if letters and letters[0] in "EW":
        first, second = second, first
    return position(_degrees(second), _degrees(first))


def _degrees(angle: _Angle) -> float:
    if not 1 <= len(angle.numbers) <= 3:
        raise GeodataError(
            f"An angle has degrees, minutes and seconds; {len(angle.numbers)} numbers read. Decimals take a "
            "point, not a comma."
        )
    if angle.signed and angle.letter:
        raise GeodataError(f"Give a sign or the letter {angle.letter}, not both.")
    if any("." in number for number in angle.numbers[:-1]):
        raise GeodataError("Only the last of degrees, minutes and seconds has decimals.")
    if any(float(number) >= 60 for number in angle.numbers[1:]):
        raise GeodataError("Minutes and seconds run from 0 to below 60.")
    size = math.fsum(float(number) / 60**power for power, number in enumerate(angle.numbers))
    return -size if angle.negative or angle.letter in ("S", "W") else size


def _from_mgrs(zone: str, square: str, digits: str) -> tuple[float, float]:
    half = len(digits) // 2
    if len(digits) % 2 or not 1 <= half <= 5:
        raise GeodataError(
            "An MGRS position ends with 2, 4, 6, 8 or 10 digits, half of them east and half north, such as "
            "37S FU 81730 08003."
        )
    centre = [(part + "5").ljust(5, "0")[:5] for part in (digits[:half], digits[half:])]
    try:
        lat, lon = _mgrs.MGRS().toLatLon(zone + square + "".join(centre))
    except _mgrs.core.MGRSError:
        raise GeodataError(f"There is no MGRS square {zone} {square}.") from None
    return position(lon, lat)


def _to_mgrs(lon: float, lat: float, precision: int) -> str:
    # The library's own 180 E lies in zone 61; it is the same meridian as 180 W.
    text = _mgrs.MGRS().toMGRS(lat, lon if lon < 180 else -180.0, MGRSPrecision=precision)
    cut = len(text) - 2 * precision
    parts = (text[: cut - 2], text[cut - 2 : cut], text[cut : cut + precision], text[cut + precision :])
    return " ".join(part for part in parts if part)


def _rounded(degrees: float, decimals: int) -> str:
    return f"{round(degrees, decimals) + 0.0:.{decimals}f}"


def _dms(degrees: float, letters: str, step_m: float) -> str:
    """Degrees, then minutes, seconds and their decimals until a step is as fine as asked."""
    letter = letters[degrees < 0]
    if step_m >= DEGREE_M:
        return f"{round(abs(degrees))}°{letter}"
    if step_m >= DEGREE_M / 60:
        whole, minutes = divmod(round(abs(degrees) * 60), 60)
        return f"{whole}°{minutes:02}′{letter}"
    decimals = next((d for d in range(2) if DEGREE_M / 3600 / 10**d <= step_m), 2)
    units = round(abs(degrees) * 3600 * 10**decimals)
    minutes, seconds = divmod(units, 60 * 10**decimals)
    width = 3 + decimals if decimals else 2
    return f"{minutes // 60}°{minutes % 60:02}′{seconds / 10**decimals:0{width}.{decimals}f}″{letter}"


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
