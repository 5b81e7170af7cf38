"""The way in: what `./run` promises a newcomer, tried on real shells, real environments and other users."""

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
RUN = ROOT / "run"
NOBODY = 65534
BARE_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin"}

SMALL_PROJECT = """\
[project]
name = "small"
version = "1"
requires-python = ">=3.11"
[tool.uv]
package = false
"""
SMALL_LOCK = """\
version = 1
revision = 3
requires-python = ">=3.11"
[[package]]
name = "small"
version = "1"
source = { virtual = "." }
"""


def ran(
    *command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None, status: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and see that it ends with this status."""
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout like ours in little: the real script, a lock file without packages, no environment yet."""
    shutil.copy(RUN, tmp_path / "run")
    (tmp_path / "pyproject.toml").write_text(SMALL_PROJECT)
    (tmp_path / "uv.lock").write_text(SMALL_LOCK)
    (tmp_path / ".tools").mkdir()
    for uv in (ROOT / ".tools").glob("uv-*"):  # else the script fetches uv, which takes longer
        (tmp_path / ".tools" / uv.name).symlink_to(uv)
    return tmp_path


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine can read; pytest's own are for one user."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_the_script_is_accepted_by_a_posix_shell() -> None:
    ran("sh", "-n", RUN)
    assert RUN.read_text().startswith("#!/bin/sh\n")


def test_paths_mean_what_they_say_where_the_user_stands(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text("invoice 7")
    show = "import keywright; print(open('paper.txt').read())"
    assert ran(RUN, "python", "-c", show, cwd=tmp_path).stdout == "invoice 7\n"


def test_a_folder_full_of_python_files_does_not_get_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    (tmp_path / "keywright.py").write_text("raise SystemExit('the wrong keywright')")
    assert "demo" in ran(RUN, "--help", cwd=tmp_path).stdout


def test_a_link_to_the_script_finds_the_checkout(tmp_path: Path) -> None:
    (tmp_path / "kw").symlink_to(RUN)
    where = ran(tmp_path / "kw", "python", "-c", "import keywright; print(keywright.__file__)")
    assert where.stdout.strip() == str(ROOT / "keywright" / "__init__.py")


def test_no_home_and_no_settings_are_needed(tmp_path: Path) -> None:
    for home in ({}, {"HOME": ""}, {"HOME": "/nonexistent"}, {"HOME": str(tmp_path)}):
        done = ran(RUN, "python", "-c", "print(1)", env=BARE_ENVIRONMENT | home)
        assert (done.stdout, done.stderr) == ("1\n", "")
    assert list(tmp_path.iterdir()) == []


def test_the_status_and_the_signals_are_those_of_the_program_itself() -> None:
    ran(RUN, "python", "-c", "raise SystemExit(7)", status=7)
    wait = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with subprocess.Popen([RUN, "python", "-c", wait], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) == process.pid
        process.terminate()
        assert process.wait(10) == -signal.SIGTERM


def test_an_environment_is_made_once_and_then_left_alone(checkout: Path) -> None:
    env = BARE_ENVIRONMENT | {"HOME": str(checkout / "home")}
    first = ran(checkout / "run", "python", "-c", "import sys; print(sys.prefix)", env=env)
    assert first.stdout == f"{checkout / '.venv'}\n"
    assert "run: installing Python packages" in first.stderr
    assert "run: … done in " in first.stderr
    assert ran(checkout / "run", "python", "-c", "print(1)", env=env).stderr == ""


def test_without_a_home_the_cache_is_in_the_checkout_and_none_is_made_elsewhere(checkout: Path) -> None:
    elsewhere = checkout / "no" / "such" / "home"
    for home in ({}, {"HOME": ""}, {"HOME": str(elsewhere)}):
        shutil.rmtree(checkout / ".venv", ignore_errors=True)
        shutil.rmtree(checkout / ".tools" / "cache", ignore_errors=True)
        ran(checkout / "run", "setup", env=BARE_ENVIRONMENT | home)
        assert (checkout / ".tools" / "cache" / "uv").is_dir()
    assert not elsewhere.exists()


def test_a_changed_lock_file_or_a_broken_environment_is_put_right(checkout: Path) -> None:
    ran(checkout / "run", "setup")
    (checkout / "uv.lock").write_text(SMALL_LOCK + "\n")
    assert "installing Python packages" in ran(checkout / "run", "setup").stderr
    (checkout / ".venv/bin/python").unlink()
    (checkout / ".venv/bin/python").symlink_to("/usr/bin/python-of-an-older-debian")
    assert "installing Python packages" in ran(checkout / "run", "setup").stderr
    assert ran(checkout / "run", "python", "-c", "print(1)").stdout == "1\n"


def test_a_checkout_that_cannot_be_filled_says_why_and_is_tried_again(checkout: Path) -> None:
    (checkout / "uv.lock").write_text("not a lock file")
    for _ in range(2):
        output = ran(checkout / "run", "setup", status=1).stderr
        assert "… failed after" in output and "uv.lock" in output and ".tools/set-up.log" in output
    (checkout / "uv.lock").write_text(SMALL_LOCK)
    ran(checkout / "run", "setup")


def test_a_moved_checkout_still_works(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    ran(checkout / "run", "setup")
    moved = tmp_path_factory.mktemp("elsewhere") / "moved"
    shutil.move(checkout, moved)
    done = ran(moved / "run", "python", "-c", "import sys; print(sys.prefix)")
    assert (done.stdout, done.stderr) == (f"{moved / '.venv'}\n", "")


def test_two_that_start_at_once_set_up_once(checkout: Path) -> None:
    both = [
        subprocess.Popen([checkout / "run", "python", "-c", "print(1)"], stdout=-1, stderr=-1, text=True)
        for _ in range(2)
    ]
    outputs = [process.communicate(timeout=300) for process in both]
    assert [out for out, _ in outputs] == ["1\n", "1\n"], outputs
    assert sum(err.count("installing Python packages") for _, err in outputs) == 1


def test_the_checks_come_in_order_and_stop_at_the_first_that_fails(checkout: Path) -> None:
    ran(checkout / "run", "setup")
    for name, status in {"ruff": 0, "mypy": 3, "lint-imports": 0, "pytest": 0}.items():
        tool = checkout / ".venv/bin" / name
        tool.write_text(f'#!/bin/sh\necho {name} "$@"\nexit {status}\n')
        tool.chmod(0o755)
    (checkout / "tests").mkdir()
    (checkout / "tests" / "__init__.py").touch()
    (checkout / "tests" / "style.py").write_text("print('style')\n")
    done = ran(checkout / "run", "test", "-k", "some", cwd=Path("/"), status=3)
    assert done.stdout.splitlines() == ["ruff format --check .", "ruff check .", "mypy"]
    assert "--- types: FAILED with status 3 after" in done.stderr
    (checkout / ".venv/bin/mypy").write_text("#!/bin/sh\necho mypy\n")
    passed = ran(checkout / "run", "test", "-k", "some", cwd=Path("/")).stdout.splitlines()
    assert passed[2:5] == ["mypy", "lint-imports", "style"]
    assert passed[5].startswith("pytest ") and passed[5].endswith(" -k some")


def test_who_may_not_install_is_given_the_one_command_for_an_administrator(open_folder: Path) -> None:
    shutil.copy(RUN, open_folder / "run")
    programs = open_folder / "programs"
    programs.mkdir()
    programs.chmod(0o755)  # others may use it, whatever is usual in this process
    for name in ("id", "date", "mkdir", "flock", "sha256sum", "apt-get"):
        (programs / name).symlink_to(shutil.which(name) or f"/usr/bin/{name}")
    (programs / "python3").symlink_to("/usr/bin/python3")
    (open_folder / ".tools").mkdir()
    os.chown(open_folder / ".tools", *([NOBODY] * 2 if os.getuid() == 0 else [-1, -1]))
    done = subprocess.run(
        ["/bin/sh", open_folder / "run", "demo"],
        env={"PATH": str(programs)},
        user=NOBODY if os.getuid() == 0 else None,
        extra_groups=[] if os.getuid() == 0 else None,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    commands = [line.strip() for line in done.stderr.splitlines() if "apt-get install" in line]
    assert len(commands) == 1, done.stderr
    installer = shlex.split(commands[0])
    assert installer[:3] == ["su", "-l", "-c"]
    assert installer[3].endswith("install --yes --no-install-recommends tesseract-ocr")


def robot() -> dict[str, Any]:
    """What robot.yaml says."""
    robot_file = yaml.safe_load((ROOT / "robot.yaml").read_text())
    assert isinstance(robot_file, dict)
    return robot_file


def robot_commands() -> list[list[str]]:
    """The command of each task, as words."""
    tasks = robot()["tasks"] | robot()["devTasks"]
    return [shlex.split(task["shell"]) for task in tasks.values()]


def test_the_robot_is_one_that_robocorp_takes() -> None:
    robot_file = robot()
    known = {"tasks", "devTasks", "artifactsDir", "PATH", "PYTHONPATH", "ignoreFiles"}
    assert set(robot_file) == known
    assert robot_file["artifactsDir"] == "output" and robot_file["tasks"]
    for task in (robot_file["tasks"] | robot_file["devTasks"]).values():
        assert len(set(task) & {"robotTaskName", "shell", "command"}) == 1
        assert len(task) == 1
    for path in (
        *robot_file["PATH"],
        *robot_file["PYTHONPATH"],
        *robot_file["ignoreFiles"],
        robot_file["artifactsDir"],
    ):
        assert not path.startswith("/")
    assert all((ROOT / path).exists() for path in robot_file["ignoreFiles"])


@pytest.mark.parametrize("command", robot_commands(), ids=" ".join)
def test_each_task_of_the_robot_is_a_command_that_exists(command: list[str]) -> None:
    assert command[0] == "./run"
    if command[1:] == ["test"]:  # the script's own
        return
    output = ran(*command, "--help").stdout
    assert command[1] in output
    assert all(word in output for word in command if word.startswith("--"))
