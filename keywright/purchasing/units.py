"""Converts quantities between units of measure: kinds of pieces, weights, lengths, areas, volumes and times."""

from __future__ import annotations

from decimal import Decimal

from keywright.model.fields import bare

_GROUPS: tuple[dict[str, Decimal], ...] = tuple(
    {bare(name): Decimal(factor) for names, factor in group for name in names.split(",")}
    for group in (
        (
            ("each,ea,pc,pcs,piece,pieces,unit,units,un,unité,unités,pièce,pce,ch", "1"),
            ("pair,pr,paire", "2"),
            ("dozen,dz,doz,douzaine", "12"),
            ("gross,gr", "144"),
            ("hundred,c,cent", "100"),
            ("thousand,m,mille", "1000"),
        ),
        (
            ("g,gram,gramme", "1"),
            ("kg,kilo,kilogram", "1000"),
            ("t,tonne,tonnes,mt", "1000000"),
            ("lb,lbs", "453.59237"),
        ),
        (
            ("mm", "1"),
            ("cm", "10"),
            ("m,metre,meter,mètre,lm", "1000"),
            ("km", "1000000"),
            ("ft,foot,feet,pied", "304.8"),
        ),
        (("m2,m²,sqm,metre carré", "1"), ("ha,hectare", "10000"), ("sqft,ft2,pi2", "0.09290304")),
        (("ml", "1"), ("l,litre,liter,litres", "1000"), ("m3,m³,cum", "1000000")),
        (("min,minute", "1"), ("h,hr,hrs,hour,hours,heure,heures", "60"), ("day,days,d,jour,jours", "480")),
    )
)


def in_unit(quantity: Decimal, unit: str, wanted: str) -> Decimal | None:
    """Return a quantity in another unit; the same if one of the units is not named; None if it cannot be converted."""
    first, second = bare(unit), bare(wanted)
    if not first or not second or first == second:
        return quantity
    for factors in _GROUPS:
        if first in factors and second in factors:
            return (quantity * factors[first] / factors[second]).quantize(Decimal("0.0001"))
    return None
