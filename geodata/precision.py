"""How exact a position is: our six codes, the radius each stands for, and the codes of UCDP and ACLED.

Sources. UCDP GED ``where_prec`` (Uppsala Conflict Data Program, GED Codebook): 1 the exact place, 2 a limited
area around a known place, 3 second-order division (district), 4 first-order division (province), 5 a line or
area wider than that, 6 the country, 7 international waters or airspace. ACLED ``geo_precision`` (ACLED
Codebook): 1 a town is named and its point used, 2 a small part of a region, or activity near a town,
3 a larger region. Both as restated in the documentation of the R package mapme.biodiversity
(``fatalities_ucpd``, ``fatalities_acled``).

Neither scheme tells a gate and its town apart: 1 means a named town or better in both, so ``near`` (beside
the exact place, which nobody fixed) is 2 although its circle is smaller than a town's. ACLED has nothing
coarser than 3.
"""

from dataclasses import dataclass
from typing import Final

from geodata.errors import GeodataError


@dataclass(frozen=True, slots=True)
class PrecisionCode:
    """One code; ``radius_m`` is the default where a source gives none."""

    code: str
    radius_m: int
    where_prec: int
    geo_precision: int


PRECISIONS: Final[dict[str, PrecisionCode]] = {
    level.code: level
    for level in (
        PrecisionCode("exact", 500, where_prec=1, geo_precision=1),
        PrecisionCode("near", 2_000, where_prec=2, geo_precision=2),
        PrecisionCode("town", 5_000, where_prec=1, geo_precision=1),
        PrecisionCode("district", 25_000, where_prec=3, geo_precision=2),
        PrecisionCode("province", 100_000, where_prec=4, geo_precision=3),
        PrecisionCode("country", 400_000, where_prec=6, geo_precision=3),
    )
}
CODES: Final = tuple(PRECISIONS)  # the most exact first


def precision(code: str) -> PrecisionCode:
    """The precision of that code. Raises GeodataError for any other.

    >>> precision("town").radius_m, precision("town").where_prec, precision("town").geo_precision
    (5000, 1, 1)
    """
    try:
        return PRECISIONS[code]
    except (KeyError, TypeError):
        raise GeodataError(f"There is no precision {code!r}. Write one of {', '.join(CODES)}.") from None


def at_least(code: str) -> tuple[str, ...]:
    """The codes that are as exact as this one or more so, the most exact first. Raises GeodataError.

    >>> at_least("town")
    ('exact', 'near', 'town')
    """
    return CODES[: CODES.index(precision(code).code) + 1]
