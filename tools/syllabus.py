"""What the tools share: the list of chapters (syllabus.yml) and the course's address on GitHub (course.toml)."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import yaml

ROOT = Path(__file__).resolve().parent.parent
RESTORE = "Correct it, or restore it with git checkout."
PLACEHOLDER = "OWNER"  # stands in tools/course.toml until somebody owns the course
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"


class Repository(NamedTuple):
    """The course's address on GitHub."""

    owner: str
    repo: str
    branch: str

    @property
    def url(self):
        return f"https://github.com/{self.owner}/{self.repo}"


class Chapter(NamedTuple):
    """One chapter as syllabus.yml states it. `thesis`: section numbers; `minutes`: None until measured."""

    name: str
    title: str
    goal: str
    thesis: list
    minutes: int | None = None

    @property
    def number(self):
        return self.name[:2]


def tracked(root=ROOT, untracked=True):
    """The files that git tracks and, with `untracked`, those that it is about to: from the top, with slashes."""
    more = ["--others", "--exclude-standard"] if untracked else []
    answer = subprocess.run(["git", "ls-files", "-z", "--cached", *more], cwd=root, capture_output=True, check=True)
    return [name for name in sorted(set(answer.stdout.decode().split("\0"))) if name and (root / name).is_file()]


def repository(root=ROOT):
    """The `Repository` of tools/course.toml."""
    return _read(root / "tools" / "course.toml", lambda text: Repository(**tomllib.loads(text)))


def set_repository(address, root=ROOT):
    """Write OWNER/REPO or OWNER/REPO@BRANCH into tools/course.toml. Raises ValueError for another form."""
    found = re.fullmatch(r"([\w.-]+)/([\w.-]+?)(?:@([\w./-]+))?", address)
    if not found:
        raise ValueError(f"{address!r} is not OWNER/REPO or OWNER/REPO@BRANCH.")
    path = root / "tools" / "course.toml"
    text = path.read_text(encoding="utf-8")
    for key, value in zip(Repository._fields, found.groups()):
        if value:
            text = re.sub(rf'(?m)^{key} = ".*"$', f'{key} = "{value}"', text)
    path.write_text(text, encoding="utf-8")


def chapters(root=ROOT):
    """All planned chapters, a list of `Chapter` in order."""
    rows = _read(root / "tools" / "syllabus.yml", lambda text: [Chapter(**row) for row in yaml.safe_load(text)])
    return sorted(rows, key=lambda chapter: chapter.name)


def _read(path, parse):
    """What `parse` makes of a file. `fer_utils.files` needs NumPy, which the workflow that sets the address lacks."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise ValueError(f"{path} cannot be read ({' '.join(str(error).split())[:200]}). {RESTORE}") from error


def source_path(name, root=ROOT):
    """Where the source of a chapter lies."""
    return root / "notebooks" / "source" / f"{name}.py"


def written_chapters(root=ROOT):
    """The chapters whose source exists, in order."""
    return [chapter for chapter in chapters(root) if source_path(chapter.name, root).exists()]


def colab_url(path, root=ROOT):
    """Address that opens the file at `path` (from the repository's top, with slashes) in Colab."""
    owner, repo, branch = repository(root)
    return f"https://colab.research.google.com/github/{owner}/{repo}/blob/{branch}/{path}"


def hub_url(hub, path, root=ROOT):
    """Address that fetches the course into a learner's home on a JupyterHub with nbgitpuller, and opens `path` in
    JupyterLab. Raises ValueError where `hub` is no web address."""
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", hub):
        raise ValueError(f"{hub!r} is no address of a JupyterHub; give it whole, such as https://hub.example.org.")
    _, repo, branch = repository(root)
    asked = {"repo": repository(root).url, "branch": branch, "urlpath": f"lab/tree/{repo}/{path}"}
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(asked)}"


def colab_badge(path, root=ROOT):
    """The Markdown of the badge that opens `path` in Colab."""
    return f"[![Open in Colab]({BADGE})]({colab_url(path, root)})"
