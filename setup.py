"""What pyproject.toml cannot say: an installed package carries the course's data, `data/`, inside itself.

`fer_utils.files.DATA_FOLDER` finds it there. An editable installation reads the clone.
"""

from pathlib import Path
from shutil import copytree

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithData(build_py):
    """The ordinary step, and a copy of data/."""

    def run(self):
        super().run()
        if not self.editable_mode:
            copytree("data", Path(self.build_lib) / "fer_utils" / "_data", dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithData})
