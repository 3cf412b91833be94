"""A course on disk, made by the commands of the lecturers' page."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(*command: str, at: Path = ROOT, fails: bool = False, **environment: str) -> str:
    """Run a command of this environment, with more variables; return what it says."""
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run(
        [str(program), *command[1:]], cwd=at, env={**os.environ, **environment}, capture_output=True, encoding="utf-8"
    )
    assert bool(done.returncode) == fails, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
