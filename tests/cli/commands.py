"""The commands that the documentation names, and a fresh checkout in which they are started as users start them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from keywright.settings.settings import CHECKOUT

PAGES = [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]
ACTS = {"ledger", "vendors", "orders", "deliveries", "layouts", "token", "proposals", "new", "bench"}
"""Commands whose second word says what is to be done."""
LEFT_BEHIND = shutil.ignore_patterns(".*", "var", "output")
COMMAND = r"((?:[A-Z_]+=\S+ )*\./run\b[^`#\n]*)"


@dataclass(frozen=True, slots=True)
class CommandShape:
    """What a command asks for, whatever it is asked of: the words that name it, and its options."""

    words: tuple[str, ...]
    options: frozenset[str]

    def covers(self, second_shape: CommandShape) -> bool:
        """Say whether whoever has tried this command has tried the other."""
        return self.words[: len(second_shape.words)] == second_shape.words and second_shape.options <= self.options


def shape_of(command: str) -> CommandShape:
    """Return the shape of a command as it is written: words like ``BOT`` or ``FILE…`` count for nothing."""
    words = shlex.split(command)
    words = words[words.index("./run") + 1 :]
    options = frozenset(word.partition("=")[0] for word in words if word.startswith("--"))
    plain = [word for word in words if not word.startswith("-")]
    if plain[:1] == ["python"]:
        return CommandShape(tuple(plain[:3]), options)
    words = plain[: 2 if plain[:1] and plain[0] in ACTS else 1]
    return CommandShape(tuple(word for word in words if not word.isupper()), options)


def variants(written: str) -> Iterator[str]:
    """Yield the commands that a line of the documentation stands for: ``[a|b]`` is none, the one and the other."""
    written = written.replace("\\|", "|").strip()
    if "[" in written:
        yield " ".join(re.sub(r"\[[^]]*\]", "", written).split())
    bare = written.replace("[", "").replace("]", "").split()
    choices = next((word.split("|") for word in bare if "|" in word), [""])
    for choice in choices:
        yield " ".join(choice if "|" in word else word for word in bare)


def documented() -> dict[str, str]:
    """Return every command that a page or ``robot.yaml`` names, each with where it stands."""
    commands: dict[str, str] = {}
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for written in re.findall(rf"^ {{4}}{COMMAND}|`{COMMAND}`", text, re.MULTILINE):
            commands |= dict.fromkeys(variants("".join(written)), page.name)
    tasks = yaml.safe_load((CHECKOUT / "robot.yaml").read_text(encoding="utf-8"))
    shells = [task["shell"] for kind in ("tasks", "devTasks") for task in tasks[kind].values()]
    return commands | dict.fromkeys(shells, "robot.yaml")


@dataclass(frozen=True, slots=True)
class Call:
    """One command, and what it must print; names in braces are filled in by what earlier steps have printed."""

    command: str
    prints: str  #: a regular expression; its named groups are known to the steps that follow
    status: int = 0
    stdin_text: str = ""


@dataclass(slots=True)
class FreshCheckout:
    """A copy of this checkout and an empty home, with nothing set but what a login sets."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> FreshCheckout:
        """Copy what belongs to the project, and borrow the Python packages, which take a minute to install."""
        shutil.copytree(CHECKOUT, folder / "keywright", ignore=LEFT_BEHIND)
        for borrowed in (".venv", ".tools"):
            (folder / "keywright" / borrowed).symlink_to(CHECKOUT / borrowed)
        (folder / "home").mkdir()
        return cls(folder)

    @property
    def root(self) -> Path:
        return self.folder / "keywright"

    @property
    def environment(self) -> dict[str, str]:
        environment = {name: os.environ[name] for name in ("PATH", "KEYWRIGHT_BROWSER") if name in os.environ}
        return {**environment, "HOME": str(self.folder / "home"), "LANG": "C.UTF-8", "COLUMNS": "200", **self.settings}

    def run(self, command: str, stdin_text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command line in the checkout, to its end."""
        return subprocess.run(
            ["sh", "-c", command],
            cwd=self.root,
            env=self.environment,
            input=stdin_text,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def take(self, steps: Sequence[Call], known: Mapping[str, str]) -> None:
        """Take steps in turn, to the last one, and fail with all that went otherwise than was to be expected."""
        knows, faults = dict(known), []
        for step in steps:
            try:
                command = step.command.format(**knows)
            except KeyError as unknown:
                faults.append(f"{step.command}\nis not known: {unknown}")
                continue
            began = time.monotonic()
            done = self.run(command, step.stdin_text)
            print(f"{time.monotonic() - began:5.1f} s  {command}")
            output = done.stdout + done.stderr
            match = re.search(step.prints, output)
            if match is None or done.returncode != step.status:
                faults.append(f"{command}\nended with status {done.returncode} and printed:\n{output[-3000:]}")
            knows |= match.groupdict() if match else {}
        assert not faults, "\n\n".join(faults)
