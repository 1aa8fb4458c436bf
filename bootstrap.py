#!/usr/bin/env python3
"""Makes everything that `make` needs: the virtual environment, the pinned packages, and `.env` on the first time.

    python3 bootstrap.py [--dev]

Standard library only, and readable by old Pythons, so that those get a sentence too. A second call is quick: a stamp
in the environment remembers what was installed.
"""

import hashlib
import os
import secrets
import shutil
import subprocess
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")


def refuse(sentence):
    sys.stderr.write(sentence.rstrip() + "\n")
    sys.exit(1)


def say(sentence):
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def take_newer_python():
    """Go on under a newer Python of this machine when this one is too old."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in (13, 12, 11):
        found = shutil.which("python3.%d" % minor)
        if found:
            os.execv(found, [found] + sys.argv)
    refuse(
        "Python 3.11 or newer is needed, and python3 here is %d.%d. Install one (on Debian or Ubuntu: apt-get install "
        "python3.11 python3.11-venv), or name one: make PYTHON=/path/to/python3.12 run" % sys.version_info[:2]
    )


def make_environment():
    if os.path.exists(PYTHON) and run([PYTHON, "-m", "pip", "--version"])[0] == 0:
        return
    say("Making the virtual environment .venv ...")
    code, output = run([sys.executable, "-m", "venv", "--clear", VENV])
    if code and ("ensurepip" in output or "No module named venv" in output):
        install_venv_module()
        code, output = run([sys.executable, "-m", "venv", "--clear", VENV])
    if code:
        refuse("The virtual environment could not be made in %s: %s" % (VENV, last_line(output)))


def install_venv_module():
    """Debian and Ubuntu keep `venv` in a package of its own."""
    package = "python%d.%d-venv" % sys.version_info[:2]
    advice = "python3 here comes without venv. Install it (apt-get install %s), then try again." % package
    elevate = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (elevate and (not shutil.which("sudo") or run(elevate + ["true"])[0])):
        refuse(advice)
    say("python3 here comes without venv: installing the package %s ..." % package)
    install = elevate + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", package]
    if run(install)[0]:
        run(elevate + ["apt-get", "update", "-q"])
        if run(install)[0]:
            refuse("apt-get could not install it. " + advice)


def install_packages(requirements):
    path = os.path.join(ROOT, requirements)
    with open(path, "rb") as file:
        wanted = hashlib.sha256(file.read() + sys.version.encode()).hexdigest()
    stamp = os.path.join(VENV, "installed-" + requirements)
    if os.path.exists(stamp) and read(stamp) == wanted:
        return
    say("Installing the packages of %s (hashes checked) ..." % requirements)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    code, output = run(command + ["--require-hashes", "-r", path])
    if code:
        refuse(pip_sentence(output))
    with open(stamp, "w") as file:
        file.write(wanted)


def pip_sentence(output):
    lowered = output.lower()
    if "hash" in lowered and ("mismatch" in lowered or "do not match" in lowered):
        return "A downloaded package is not the one that was pinned (its hash differs); nothing of it was installed."
    if "no space left" in lowered:
        return "The packages could not be installed: the disk is full."
    if any(
        sign in lowered for sign in ("connection", "resolution", "timed out", "proxy", "ssl", "no matching")
    ):
        return "The packages could not be downloaded: see that this machine reaches its package index, then try again."
    return "The packages could not be installed: %s" % last_line(output)


def write_env():
    """`.env` from `.env.example`, with keys of its own; an existing one is never touched."""
    path = os.path.join(ROOT, ".env")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    own = {
        "ENVIRONMENT": "development",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ENCRYPTION_KEYS": secrets.token_urlsafe(32),
    }
    lines = []
    for line in read(os.path.join(ROOT, ".env.example")).splitlines():
        name = line.lstrip("# ").split("=")[0]
        lines.append("%s=%s" % (name, own.pop(name)) if name in own and "=" in line else line)
    with os.fdopen(handle, "w") as file:
        file.write("\n".join(lines) + "\n")
    say("Wrote .env with new random keys. Keep it: without its keys stored secrets cannot be read.")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(command):
    """(exit code, everything it said)."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        return 1, str(error)
    return done.returncode, done.stdout.decode(errors="replace")


def last_line(output):
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if line.lower().startswith("error")]
    return (told or lines or ["no reason was given"])[-1]


def main():
    take_newer_python()
    try:
        make_environment()
        install_packages("requirements-dev.txt" if "--dev" in sys.argv[1:] else "requirements.txt")
        write_env()
    except OSError as error:
        refuse("The project's folder cannot be written: %s." % error)
    except KeyboardInterrupt:
        refuse("Stopped. The next call goes on.")


if __name__ == "__main__":
    main()
