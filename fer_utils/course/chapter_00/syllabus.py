"""The list of chapters as chapter 00 shows it, read from tools/syllabus.yml of the course's folder."""

from pathlib import Path

from fer_utils.files import DATA_FOLDER, FileError, reading

LISTING = Path("tools") / "syllabus.yml"


def chapters():
    """All chapters in order, a list of dicts with "number", "title", "goal" (completes "you will be able to ...") and
    "minutes", None for a chapter that is not written yet.

    Raises FileError where the course's folder is not to be found.
    """
    import yaml

    places = [DATA_FOLDER.parent, *(Path.cwd() / "x").parents]  # in a clone; from an installed package, above here
    path = next((place / LISTING for place in places if (place / LISTING).is_file()), None)
    if path is None:
        raise FileError(f"the list of chapters, {LISTING}, is not in a folder above {Path.cwd()}. Open the notebook "
                        "in the course's own folder.")
    with reading(path, f"Restore it with: git checkout {LISTING}"):
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        return sorted(({"number": row["name"][:2], "title": row["title"], "goal": row["goal"],
                        "minutes": row.get("minutes")} for row in rows), key=lambda row: row["number"])
