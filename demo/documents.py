"""Makes the demo's documents: the same files, byte for byte, every time.

`python -m demo.documents FOLDER` writes them and prints the expected outcome of each.
"""

import sys
from pathlib import Path

from demo.invoices import keyable_invoices, other_invoices
from demo.permits import permit_samples
from demo.sample import SampleDocument

__all__ = ["SampleDocument", "make"]


def make(folder: Path) -> tuple[SampleDocument, ...]:
    """Write every sample document into a folder (made if need be) and return what is known about them.

    The order is the order in which they are to arrive: an invoice comes before its copy.
    """
    folder.mkdir(parents=True, exist_ok=True)
    samples = []
    for sample, content in (*keyable_invoices(), *other_invoices(), *permit_samples()):
        (folder / sample.file).write_bytes(content)
        samples.append(sample)
    return tuple(samples)


def _main() -> None:
    if len(sys.argv) != 2:
        sys.exit("Which folder shall the documents go to? python -m demo.documents FOLDER")
    for sample in make(Path(sys.argv[1])):
        print(f"{sample.file:34} {sample.outcome:10} {sample.reason or sample.title}")


if __name__ == "__main__":
    _main()
