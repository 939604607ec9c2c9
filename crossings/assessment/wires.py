"""Sets of wires as numbers: a sweep over thousands of days unites and compares them at every step."""

from __future__ import annotations

from dataclasses import dataclass, field

#: A set of wires: the sum of their bits.
WireSet = int
NOBODY: WireSet = 0


class WireBits:
    """A bit for each wire of one timeline."""

    def __init__(self) -> None:
        self._bits: dict[str, int] = {}

    def bit(self, wire: str) -> WireSet:
        return self._bits.setdefault(wire, 1 << len(self._bits))

    def names(self, wires: WireSet) -> list[str]:
        """The names in a set, in order."""
        return sorted(wire for wire, bit in self._bits.items() if wires & bit)


@dataclass(slots=True)
class CountedWires:
    """Wires by how many reports carry them, by their bits; `present` are those that any does."""

    present: WireSet = NOBODY
    counts: dict[WireSet, int] = field(default_factory=dict)

    def add(self, bit: WireSet, by: int) -> None:
        count = self.counts.get(bit, 0) + by
        if count:
            self.counts[bit] = count
            self.present |= bit
        else:
            del self.counts[bit]
            self.present &= ~bit
