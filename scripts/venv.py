"""Make the virtual environment and install the pinned packages; do nothing when they are there already.

    python3 scripts/venv.py .venv requirements.txt [requirements-dev.txt]

Runs before anything is installed: standard library only, and readable by older Pythons so that they can say what is
missing. A stamp holds the hash of the interpreter's version and of the requirement files; the same hash means ready.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
NO_VENV = """This Python cannot make virtual environments (Debian and Ubuntu keep that in a package of its own). Run
    sudo apt install python3-venv
and try again."""


def main(arguments):
    """Bring the folder named first in line with the requirement files named after it."""
    if sys.version_info < OLDEST:
        sys.exit("Python 3.11 or newer is needed; this is %d.%d (%s)." % (*sys.version_info[:2], sys.executable))
    folder, requirements = Path(arguments[0]), [Path(name) for name in arguments[1:]]
    fingerprint = hashlib.sha256(b"\0".join(path.read_bytes() for path in requirements)).hexdigest()
    stamp = folder / (".installed-" + "-".join(path.stem for path in requirements))
    if stamp.is_file() and stamp.read_text() == fingerprint and (folder / "bin" / "python").exists():
        return
    began = time.monotonic()
    if not works(folder):
        print("Making the virtual environment in %s …" % folder, flush=True)
        make(folder)
    print("Installing %s …" % ", ".join(path.name for path in requirements), flush=True)
    install = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    install += ["--no-input", "--require-hashes"]
    for path in requirements:
        install += ["-r", str(path)]
    if subprocess.call(install):
        sys.exit("The packages could not be installed; the lines above say why. Nothing else was changed.")
    stamp.write_text(fingerprint)
    print("Ready after %d s." % (time.monotonic() - began), flush=True)


def works(folder):
    """Tell whether the folder is a virtual environment that can install packages, of a Python new enough."""
    python = folder / "bin" / "python"
    check = "import sys, pip; sys.exit(sys.version_info < %r)" % (OLDEST,)
    return python.exists() and not subprocess.call([str(python), "-c", check], stderr=subprocess.DEVNULL)


def make(folder):
    """Make the environment by the first way that works on this machine."""
    if has("ensurepip"):
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(folder)])
    elif has("virtualenv"):
        subprocess.check_call([sys.executable, "-m", "virtualenv", "--quiet", "--clear", str(folder)])
    elif has("pip"):
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", "--without-pip", str(folder)])
        into = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python")]
        subprocess.check_call([*into, "install", "--quiet", "pip"])
    elif install_venv_package():
        # A new process: this one has already looked for the module and remembers that it is missing.
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(folder)])
    else:
        sys.exit(NO_VENV)


def has(module):
    """Tell whether a fresh interpreter can import the module."""
    return not subprocess.call([sys.executable, "-c", "import " + module], stderr=subprocess.DEVNULL)


def install_venv_package():
    """Install Debian's package of the missing part, if apt is here and we may; tell whether that worked."""
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    if apt is None or (os.geteuid() != 0 and sudo is None):
        return False
    apt_get = [apt, "-qq"] if os.geteuid() == 0 else [sudo, "-n", apt, "-qq"]  # -n: never ask for a password
    print("Installing python3-venv …", flush=True)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    subprocess.call([*apt_get, "update"], env=environment)
    wanted = ["python3-venv", "python%d.%d-venv" % sys.version_info[:2]]
    return any(not subprocess.call([*apt_get, "-y", "install", name], env=environment) for name in wanted)


if __name__ == "__main__":
    main(sys.argv[1:])
