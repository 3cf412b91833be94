"""JupyterHub for a class on one Linux machine. lecturers/hub.md says how to set it up, and how large one it takes.

    jupyterhub --config lecturers/jupyterhub_config.py      as root

What differs from class to class is not edited here: three variables say it, and ``extra.py`` in the hub's folder, which
is read at the end and may change any setting (certificates, another way to log in).

    BOOK_HUB            the hub's folder, which holds data, hand-out and exchange. Default: /srv/book-hub
    BOOK_HUB_LANGUAGE   en (default) or zh: which edition a student's first page is from
    BOOK_HUB_MEMORY     megabytes that a student's processes may take, each. Default: 2500
"""

import grp
import json
import os
import pwd
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import psutil

if TYPE_CHECKING:  # JupyterHub defines them

    def get_config() -> Any: ...
    def load_subconfig(file: str) -> None: ...


c = get_config()

HUB = Path(os.environ.get("BOOK_HUB", "/srv/book-hub"))
LANGUAGE = os.environ.get("BOOK_HUB_LANGUAGE", "en")
MEGABYTES = int(os.environ.get("BOOK_HUB_MEMORY", "2500"))
BIN = Path(sys.prefix, "bin")

# --- Who may come in: the accounts of this machine that belong to one of two groups, with the machine's passwords.

c.JupyterHub.authenticator_class = "pam"
c.PAMAuthenticator.allowed_groups = {"students", "lecturers"}

# --- Where it listens, and what it keeps. Only root looks into its database, its keys and its log.

c.JupyterHub.bind_url = "http://127.0.0.1:8000"  # a web server with a certificate stands before it, or extra.py
STATE = HUB / "state"
STATE.mkdir(mode=0o700, exist_ok=True)
c.JupyterHub.db_url = f"sqlite:///{STATE / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(STATE / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(STATE / "proxy.pid")
# The proxy comes from npm (hub.md); one that is installed in the hub's folder is taken first.
PROXY = HUB / "node_modules" / ".bin" / "configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [str(PROXY) if PROXY.exists() else "configurable-http-proxy"]

# --- A student's server: a process of the student's own account.

c.JupyterHub.spawner_class = "simple" if os.getuid() else "jupyterhub.spawner.LocalProcessSpawner"
# What a process may take is the system's limit: a cell that asks for more gets an error, and nobody else notices.
# The second number holds back a loop that starts processes: a student with ten chapters open has some 300 threads.
LIMITS = [shutil.which("prlimit") or "prlimit", f"--data={MEGABYTES << 20}", "--nproc=1000"]
c.Spawner.cmd = [*LIMITS, str(BIN / "jupyterhub-singleuser")]
c.Spawner.args = [
    # Sockets in the student's own folder. By default a kernel shows what it prints on a port that every account of
    # the machine can listen to.
    "--KernelManager.transport=ipc",
    # Nobody can install extensions here, and looking for those that there are starts Node.js for each student.
    "--LabApp.extension_manager=readonly",
    # A kernel that nobody looks at and that computes nothing gives its memory back; the notebook is on disk.
    "--MappingKernelManager.cull_idle_timeout=1800",
    "--MappingKernelManager.cull_interval=60",
]
c.Spawner.start_timeout = c.Spawner.http_timeout = 180  # a class that comes at once waits, and is not turned away
c.Spawner.environment = {
    "BOOK_UTILS_DATA": str(HUB / "data"),
    "BOOK_UTILS_DATASET": "real",  # an error if it is missing: the stand-in is for people without a network
    "OMP_NUM_THREADS": "1",  # students share the processors: more threads would only wait for each other
    "OMP_WAIT_POLICY": "PASSIVE",
}

# Of nbgrader, students get the list of their assignments alone: no Formgrader, no marks in the margin of a notebook.
STUDENTS = HUB / "students"
HIDDEN = {
    "labconfig/page_config.json": {
        "disabledExtensions": {
            f"@jupyter/nbgrader:{name}": True
            for name in ("course-list", "create-assignment", "formgrader", "validate-assignment")
        }
    },
    "jupyter_server_config.d/students.json": {
        "ServerApp": {
            "jpserver_extensions": {
                f"nbgrader.server_extensions.{name}": False for name in ("course_list", "formgrader")
            }
        }
    },
}
for name, settings in HIDDEN.items():
    file = STUDENTS / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(settings, indent=1), encoding="utf-8")


def settings_of(spawner: Any) -> str:
    """Where Jupyter finds these settings, for a student; nowhere for a lecturer."""
    account = pwd.getpwnam(spawner.user.name)
    groups = {grp.getgrgid(each).gr_name for each in os.getgrouplist(account.pw_name, account.pw_gid)}
    return "" if "lecturers" in groups else str(STUDENTS)


c.Spawner.environment["JUPYTER_CONFIG_PATH"] = settings_of

HAND_OUT = {
    "repo": f"file://{HUB / 'handout'}",
    "branch": "main",
    "targetPath": "my-notebooks",
    "urlpath": f"lab/tree/my-notebooks/{LANGUAGE}/index.ipynb",
}
# Whoever logs in has the newest notebooks, merged with what they have changed, and sees the start page.
c.Spawner.default_url = f"/git-pull?{urlencode(HAND_OUT)}"


def keep_home_private(spawner: Any) -> None:
    """Whatever the system's default is: nobody looks into another's folder."""
    os.chmod(pwd.getpwnam(spawner.user.name).pw_dir, 0o700)


c.Spawner.pre_spawn_hook = keep_home_private

# --- How many at once: what fits the memory, less 2 GB for system and hub. The next one is told that it is full.

sys.path.insert(0, str(Path(__file__).parent))
import report  # noqa: E402 - beside this file

measured = report.read()
STUDENT = report.RESERVE * max(report.megabytes_each(measured, build) for build in measured)
c.JupyterHub.active_server_limit = max(1, int((psutil.virtual_memory().total / 1e6 - 2000) // STUDENT))
c.JupyterHub.concurrent_spawn_limit = 0  # none: who waits a minute is better off than who is told to come again

# --- Servers that nobody has used for an hour are stopped. What is saved stays, and the next login starts another.

c.JupyterHub.services = [
    {"name": "culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"]},
]
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["culler"],
    },
]

extra = HUB / "extra.py"
if extra.exists():
    load_subconfig(str(extra))
