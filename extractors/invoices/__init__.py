"""The parts that read a supplier invoice: labels, values, parties, totals, lines, XML and their proof."""
