"""The package's map names every module, and every module is where the map says; one meaning for one name."""

import ast
from collections import defaultdict

import draw_map
from draw_map import PACKAGE, modules
from syllabus import ROOT

import fer_utils


def mapped():
    """The modules that the map in `fer_utils/__init__.py` names, with what it says of each."""
    rows = [line.split(": ", 1) for line in fer_utils.__doc__.partition("a line for each module:")[2].splitlines()
            if line]
    return dict(rows)


def test_the_map_names_every_module_and_no_other():
    chapters = {name for name in modules() if name.startswith("course.chapter_")}
    shapes = {name for name in modules() if name.startswith("faces.shapes.")}
    assert set(mapped()) == set(modules()) - chapters - shapes | {"course.chapter_NN"}
    assert all(about[0] in "`" or about[0].islower() or about[:3] in ("VGG", "Ker") for about in mapped().values())
    assert all(name.rpartition(".")[2] in mapped()["faces.shapes"] for name in shapes)


def test_the_picture_is_drawn_from_the_code_as_it_is():
    assert draw_map.PICTURE.read_text(encoding="utf-8") == draw_map.draw(), "run `python tools/draw_map.py`"
    assert "tools/package_map.svg" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_a_constant_means_one_thing():
    homes = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for target in node.targets if isinstance(node, ast.Assign) else ():
                for name in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(name, ast.Name) and name.id.isupper():
                        homes[name.id].add(path.relative_to(PACKAGE).as_posix())
    assert {name: sorted(files) for name, files in homes.items() if len(files) > 1} == {}


def test_subjects_do_not_lean_on_the_course():
    """What the course is made of does not import from the course; one command speaks of it."""
    assert {pair for pair in draw_map.imports() if pair[1] in ("course", "chapter_NN") and pair[0] not in (
        "course", "chapter_NN")} == {("commands", "course")}
    assert [path.name for path in (PACKAGE / "commands").glob("*.py")
            if "fer_utils.course" in path.read_text(encoding="utf-8")] == ["progress.py"]


def test_the_data_folder_is_named_in_one_place():
    """`__file__` leads to the course's data in files.py alone; flash.py looks for its script beside itself."""
    found = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")
             if "__file__" in path.read_text(encoding="utf-8")}
    assert found == {"files.py", "course/chapter_02/flash.py"}
