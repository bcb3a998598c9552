"""The pages of the site, as Sphinx reads them: chapters, and what is made of the course's other files.

A chapter is its executed notebook with what a page needs in place of what a notebook needs: its own row of links,
quizzes that answer without Python, citations that lead to their sources, pictures in files of their own.
"""

import base64
import json
import re
import shutil
from html import escape
from os.path import relpath
from pathlib import PurePosixPath

import nbformat
from bibliography import bibtex, items
from build_notebooks import ASLEEP, GLOSSARY, glossary, notebook_path, tags
from draw_explorers import drawn_of
from nbformat.v4 import new_output
from syllabus import PLACEHOLDER, ROOT, chapters, colab_url, repository, written_chapters

from fer_utils import text
from fer_utils.course.chapter_00.figures import COURSE_PARTS
from fer_utils.course.quizzes import questions, with_code
from fer_utils.files import read_toml

# Files of the course that are pages as they stand: where from, and their title in the table of contents.
TEXTS = {
    "data/results/README.md": "Results",
    "data/MODEL_CARD.md": "Model card",
    "data/DATASHEET_FER2013.md": "Datasheet: FER-2013",
    "data/DATASHEET_schematic_faces.md": "Datasheet: drawn faces",
    "data/README.md": "Other datasets, and a challenge",
    "data/raspberry_pi.md": "On a Raspberry Pi",
    "data/firmware/README.md": "On a microcontroller",
    "CONTRIBUTING.md": "Contributing",
}
# Pages made of a part of the README: its heading, the page, and the title there.
README_PARTS = {"Two commands": ("set-up", "Set up"), "FER-2013": ("fer2013", "Get the photographs"),
                "Licence and responsible use": ("responsible-use", "Responsible use")}
WIDGET_NOTE = ("In a notebook, controls stand here. The picture above shows one of their settings; "
               "<a href=\"{colab}\">Colab</a> or JupyterLab shows the others.")
LIVE_NOTE = ("{count} settings, drawn ahead; <a href=\"{colab}\">Colab</a> or JupyterLab shows all.")
LABORATORY_NOTE = ("{count} settings, drawn ahead. In <a href=\"{colab}\">chapter 02 on Colab</a> or in JupyterLab "
                   "each muscle moves alone.")
READING_NOTE = ("This page is for reading: its cells have been run, and its quiz answers here. To run and change "
                'cells, open the chapter in Colab, or <a href="../set-up.html">set up JupyterLab</a>. A downloaded '
                "notebook needs the course around it, in its folder <code>notebooks</code>.")
NO_ADDRESS = " (This copy of the course has no address on GitHub yet, so the button of Colab leads nowhere.)"
CODE = re.compile(r"(```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|<details>.*?</summary>)", re.DOTALL)
CITATION = re.compile(r"\[(\d+(?:, ?\d+)*)\](?!\(|:)")
INLINE_IMAGE = re.compile(r'src="data:image/(\w+);base64,([A-Za-z0-9+/=]+)"')
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)((?: \"[^\"]*\")?)\)")


def slug(name):
    """A name as part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def parts(root=ROOT):
    """The written chapters by the parts of the course, {title of the part: list of `Chapter`}."""
    found = {}
    for chapter in written_chapters(root):
        start = max(number for number in COURSE_PARTS if number <= chapter.number)
        found.setdefault(COURSE_PARTS[start], []).append(chapter)
    return found


# Chapters

def links_row(name, root=ROOT, reader=False):
    """What stands under a chapter's title: Colab, both notebooks to download, in the first chapter the page "Read my
    face" where there is one, and what this page is for."""
    colab = colab_url(f"notebooks/{name}.ipynb", root)
    first = reader and name == written_chapters(root)[0].name
    return ('<p class="fer-doors">'
            f'<a class="fer-door fer-colab" href="{escape(colab)}">Open in Colab</a>'
            f'<a class="fer-door" href="../download/{name}.ipynb" download>Download the notebook</a>'
            f'<a class="fer-door" href="../download/solutions/{name}.ipynb" download>Download it with solutions</a>'
            + '<a class="fer-door" href="../read-my-face/index.html">Read your own face here</a>' * first + "</p>\n\n"
            f'<p class="fer-asleep">{READING_NOTE}{NO_ADDRESS * (repository(root).owner == PLACEHOLDER)}</p>')


def cited(markdown, numbers):
    """Markdown whose citations of these numbers, [7] or [5, 28], are links to the list at the end of the page."""
    def link(found):
        listed = found[1].replace(" ", "").split(",")
        if not set(map(int, listed)) <= set(numbers):
            return found[0]
        return "[" + ", ".join(f'<a href="#ref-{number}">{number}</a>' for number in listed) + "]"

    pieces = CODE.split(markdown)
    pieces[::2] = [CITATION.sub(link, piece) for piece in pieces[::2]]
    return "".join(pieces)


def to_terms(markdown, terms):
    """Markdown whose links to the glossary of chapter 04 lead to the site's glossary, to the word itself."""
    def link(found):
        word = found[1].lower()
        term = next((one for one in terms if word in (one["name"].lower(), *one.get("forms", ()))), None)
        return f"[{found[1]}](#term-{slug(term['name'])}{found[2]})" if term else found[0]

    return re.sub(rf'\[([^\]]+)\]\({re.escape(GLOSSARY)}((?: "[^"]*")?)\)', link, markdown)


def listed(markdown):
    """A list of references with an anchor before each item."""
    return re.sub(r"(?m)^(\d+)\. ", r'\1. <span id="ref-\1"></span>', markdown)


def live_quiz(name):
    """A quiz that answers without Python: an option unfolds what is to be said about it."""
    asked = []
    for number, question in enumerate(questions(name), start=1):
        options = "".join(
            '<details class="fer-option {}"><summary>{}</summary><p>{} {}</p></details>'.format(
                *("right", with_code(option["text"]), "✔") if option.get("right") else
                ("wrong", with_code(option["text"]), "✘"), with_code(option["why"]))
            for option in question["option"])
        asked.append(f'<div class="fer-question"><p><b>{number}. {with_code(question["text"])}</b></p>{options}</div>')
    return f'<div class="fer-site-quiz">{"".join(asked)}</div>'


def live_explorer(folder, address, colab, note=LIVE_NOTE):
    """An explorer that moves without Python: controls, and the picture of their setting. `folder` has the pictures that
    tools/draw_explorers.py drew, `address` is where the page finds them, `note` says where there is more."""
    told = json.loads((folder / "frames.json").read_text(encoding="utf-8"))
    controls, start = [], 0
    for control in told["controls"]:
        texts, place = [escape(one) for one in control["texts"]], control["start"]
        start = start * len(texts) + place
        if control["slider"]:
            field = (f'<input type="range" min="0" max="{len(texts) - 1}" value="{place}" '
                     f'data-texts="{escape(json.dumps(control["texts"]))}" aria-valuetext="{texts[place]}">'
                     f"<output>{texts[place]}</output>")
        else:
            options = "".join(f'<option value="{number}"{" selected" * (number == place)}>{one}</option>'
                              for number, one in enumerate(texts))
            field = f'<select data-size="{len(texts)}">{options}</select>'
        controls.append(f'<label><span>{escape(control["label"])}</span>{field}</label>')
    words = json.dumps(told["words"], ensure_ascii=False).replace("<", "\\u003c")
    bars = shares_of(told["shares"], start) if "shares" in told else ""
    return (f'<div class="fer-live" data-pictures="{address}"><div class="fer-controls">{"".join(controls)}</div>'
            f'<img loading="lazy" src="{address}/{start}.webp" width="{told["width"]}" height="{told["height"]}" '
            f'alt="{escape(told["words"][start])}">{bars}<p class="fer-heard" role="status"></p>'
            f'<script type="application/json">{words}</script>'
            f'<p class="fer-asleep">{note.format(count=len(told["words"]), colab=escape(colab))}</p></div>')


def shares_of(shares, start):
    """Bars that follow an explorer's setting: `shares` has `names` and, for each setting, `values` in percent."""
    bars = "".join(f'<li><span>{name}</span><meter min="0" max="100" value="{value}" aria-label="{name}"></meter>'
                   f"<output>{value} %</output></li>"
                   for name, value in zip(shares["names"], shares["values"][start]))
    return f'<ol class="fer-shares" data-values="{json.dumps(shares["values"], separators=(",", ":"))}">{bars}</ol>'


def for_the_page(outputs, name, colab, explorers=()):
    """The outputs of a cell as a page shows them: a quiz that works, and where controls would stand the next of
    `explorers`, HTML, or else a note."""
    shown, explorers = [], list(explorers)
    for output in outputs:
        html = output.get("data", {}).get("text/html", "")
        if "The questions as text" in html:
            shown = [one for one in shown if "fer-asleep" not in str(one)]  # its controls
            html = live_quiz(name)
        elif ASLEEP in html and explorers:
            html = explorers.pop(0)
        elif ASLEEP in html:
            html = f'<p class="fer-asleep">{WIDGET_NOTE.format(colab=escape(colab))}</p>'
        else:
            shown.append(output)
            continue
        shown.append(new_output("display_data", {"text/html": html, "text/plain": text_of(html)}))
    return shown


def text_of(html):
    """HTML without its tags."""
    return re.sub(r"<[^>]+>", " ", html).strip()


def pictures_apart(outputs, number, folder, counted):
    """Write the pictures inside the outputs into `folder`, changed in place; returns how many there are by now."""
    for output in outputs:
        html = output.get("data", {}).get("text/html")
        for kind, coded in INLINE_IMAGE.findall(html or ""):
            counted += 1
            path = folder / f"{number}-{counted:02d}.{kind}"
            path.write_bytes(base64.b64decode(coded))
            html = html.replace(f'src="data:image/{kind};base64,{coded}"',
                                f'loading="lazy" src="../figures/{path.name}"', 1)
            output["data"]["text/html"] = html
    return counted


def chapter_page(name, figures, root=ROOT, reader=False):
    """The notebook of a chapter for the site; its pictures are written into the folder `figures`. `reader`:
    whether there is a page "Read my face"."""
    notebook = nbformat.read(notebook_path(name, "learner", root), as_version=4)
    terms, colab, counted = glossary(root), colab_url(f"notebooks/{name}.ipynb", root), 0
    sources = next((cell.source for cell in notebook.cells if "references" in tags(cell)), "")
    drawn = drawn_of(name, root)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if "bootstrap" in tags(cell):
                cell.metadata["tags"] = [*tags(cell), "hide-input"]
            explorers = sorted(drawn.glob(f"{cell.execution_count}-*")) if drawn else []
            cell.outputs = for_the_page(cell.outputs, name, colab, [
                live_explorer(folder, f"../explorers/{name[:2]}/{folder.name}", colab) for folder in explorers])
            counted = pictures_apart(cell.outputs, name[:2], figures, counted)
            continue
        lines = [line for line in cell.source.split("\n") if not re.match(r"(Previous|Next): \[\d\d ", line)]
        lines = [links_row(name, root, reader) if "](solutions/" in line else line for line in lines]
        markdown = to_terms("\n".join(lines), terms)
        if "references" in tags(cell):
            markdown = listed(markdown) + "\n\nAll sources of the course: [bibliography](../bibliography.md)."
        elif "solution" not in tags(cell):
            markdown = cited(markdown, items(sources))
        cell.source = relinked(markdown, f"notebooks/{name}.ipynb", root)
    return notebook


# Links

def place_of(path):
    """Where the file of the course at `path` stands among the pages, or None: without its ending."""
    if path in TEXTS:
        return path.removesuffix(".md")
    if path in ("README.md", ""):
        return "index"
    found = re.fullmatch(r"notebooks/(\d\d_\w+)\.ipynb", path)
    return path.removesuffix(".ipynb") if found else None


def relinked(markdown, path, root=ROOT, page=None):
    """Markdown of the file at `path` whose links to other files hold on the site: to the page made of that file, to a
    copy to download, or to GitHub; to nothing where the course has no address there yet. `page`: where it stands
    on the site, if elsewhere."""
    here = PurePosixPath(page or path).parent

    def link(found):
        label, target, title = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        file, _, anchor = target.partition("#")
        whole = str(PurePosixPath(relpath(PurePosixPath(path).parent / file, ".")))
        if target.endswith("bibliography.md"):  # made by `gather`
            return found[0]
        place = place_of(whole) or place_of(f"{whole}/README.md")
        if place:
            ending = ".ipynb" if place.startswith("notebooks/") else ".md"
            return f"[{label}]({relpath(place + ending, here)}{'#' + anchor if anchor else ''}{title})"
        address = repository(root)
        if address.owner == PLACEHOLDER:
            return label
        kind = "tree" if (root / whole).is_dir() else "blob"
        return f"[{label}]({address.url}/{kind}/{address.branch}/{whole}{title})"

    pieces = CODE.split(markdown)
    pieces[::2] = [LINK.sub(link, piece) for piece in pieces[::2]]
    return "".join(pieces)


# Other pages

def text_page(path, root=ROOT):
    """A file of the course as a page."""
    markdown = (root / path).read_text(encoding="utf-8")
    return relinked(re.sub(r"<!--.*?-->\n?", "", markdown, flags=re.DOTALL), path, root)


def readme_part(heading, root=ROOT):
    """The text of the README under a heading, links included."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    part = re.search(rf"(?ms)^## {re.escape(heading)}\n\n(.*?)(?=^## |^\[1\]|\Z)", readme)[1].strip()
    return part.replace("the badges below", "the first button under a chapter's title")


def between(mark, root=ROOT):
    """What a tool writes into the README between the two lines of a mark."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    return re.search(rf"(?s)<!-- {mark}:start -->\n(.*?)\n<!-- {mark}:end -->", readme)[1]


def readme_opening(root=ROOT):
    """The first paragraph of the README; its one source is a link."""
    paragraph = (root / "README.md").read_text(encoding="utf-8").split("\n\n")[1]
    return re.sub(r"(bachelor's thesis)\s\[1\]", r"[\1](bibliography.md)", paragraph)


def syllabus_table(root=ROOT):
    """The chapters with what they teach."""
    rows = [[chapter.number, f"[{chapter.title}](notebooks/{chapter.name}.ipynb)", chapter.goal,
             ", ".join(chapter.thesis) or "–", str(chapter.minutes)] for chapter in written_chapters(root)]
    return text.table(["", "Chapter", "Afterwards you can", "Thesis", "Minutes"], rows, "llllr")


def glossary_page(root=ROOT):
    """All terms, each with an anchor that a chapter's link leads to."""
    titles = {chapter.name: f"{chapter.number} {chapter.title}" for chapter in chapters(root)}
    shown = ["# Glossary", "The words of the course, and the chapter that explains each. In a chapter, a word that is "
             "a link leads here, and shows its meaning where the pointer rests on it."]
    for term in glossary(root):
        told = term.get("told", "04_learning_from_examples")
        meaning = re.sub(r" Chapter \d\d\.$", "", term["text"])
        shown.append(f"(term-{slug(term['name'])})=\n**{term['name']}**\n: {meaning} "
                     f"[{titles[told]}](notebooks/{told}.ipynb)")
    return "\n\n".join(shown) + "\n"


def lessons(root=ROOT):
    """The lesson plans, {number of the chapter: dict as data/lessons.toml has it}. Raises ValueError for a chapter
    without one."""
    found = {lesson["chapter"]: lesson for lesson in read_toml(root / "data" / "lessons.toml", ("lesson",))["lesson"]}
    for chapter in written_chapters(root):
        if chapter.number not in found:
            raise ValueError(f"data/lessons.toml has no plan for chapter {chapter.number}; see its head.")
    return found


def lesson_page(chapter, lesson):
    """The plan of 90 minutes for one `Chapter`."""
    def to(section):
        anchor = re.sub(r"[^\w\- ]", "", section.lower()).replace(" ", "-")
        return f"[{section}](../notebooks/{chapter.name}.ipynb#{anchor})"

    rows, start = [], 0
    for step in lesson["step"]:
        rows.append([f"{start} to {start + step['minutes']}", to(step["section"]), step["do"]])
        start += step["minutes"]
    return "\n\n".join([
        f"# {chapter.number} {chapter.title}: {start} minutes with a class",
        f"**Aim.** {lesson['aim']}",
        f"**Have ready.** {lesson['before']} [The chapter](../notebooks/{chapter.name}.ipynb) takes about "
        f"{chapter.minutes} minutes for somebody who works through all of it alone.",
        "## The lesson", text.table(["Minutes", "Section", "What to do"], rows, "lll"),
        "## What to leave out", "\n".join(f"- {to(part['section'])}: {part['why']}" for part in lesson["skip"]),
        "## What learners get wrong",
        "\n".join(f"- *{wrong['think']}* {wrong['answer']}" for wrong in lesson["wrong"]),
        "## To discuss", "None has a single answer; this is what to listen for, and where the chapter speaks of it.",
        "\n".join(f"1. **{one['ask']}** {one['hear']} ({to(one['look'])})" for one in lesson["discuss"])]) + "\n"


def contents(root=ROOT):
    """The table of contents, as the directives of the first page."""
    def tree(caption, lines):
        return "\n".join([":::{toctree}", ":hidden:", f":caption: {caption}", "", *lines, ":::"])

    set_up, photographs, use = (f"{title} <{page}>" for page, title in README_PARTS.values())
    trees = [tree("The course", ["Syllabus <syllabus>", "Face laboratory <laboratory>", set_up, photographs])]
    trees += [tree(title, [f"{chapter.number} {chapter.title} <notebooks/{chapter.name}>" for chapter in inside])
              for title, inside in parts(root).items()]
    trees.append(tree("For teachers", ["How to teach it <lessons/index>", *(
        f"Lesson {chapter.number} <lessons/{chapter.name}>" for chapter in written_chapters(root))]))
    trees.append(tree("To look up", ["Glossary <glossary>", "Bibliography <bibliography>",
                                     *(f"{title} <{place_of(path)}>" for path, title in TEXTS.items()),
                                     use]))
    return "\n\n".join(trees)


def laboratory_of(root=ROOT):
    """The folder of the face laboratory's pictures (tools/site_laboratory.py)."""
    return root / "site" / "_build" / "face-laboratory"


def laboratory_explorer(root=ROOT):
    """The explorer of the page "Face laboratory", or "" where its pictures have not been drawn."""
    if not (laboratory_of(root) / "frames.json").is_file():
        return ""
    return live_explorer(laboratory_of(root), "face-laboratory",
                         colab_url("notebooks/02_faces_and_muscles.ipynb", root), LABORATORY_NOTE)


def fill(template, reader, root=ROOT):
    """The text of a page under site/pages with its {{words}} replaced. `reader`: whether the page "Read my face" is
    there to lead to."""
    minutes = sum(chapter.minutes for chapter in written_chapters(root))
    first = written_chapters(root)[0].name
    card = (root / "site" / "pages" / "reader.html").read_text(encoding="utf-8").strip() if reader else ""
    words = {"opening": relinked(readme_opening(root), "README.md", root, "index.md"),
             "results": between("results", root), "syllabus": syllabus_table(root), "contents": contents(root),
             "count": str(len(written_chapters(root))), "hours": f"{minutes / 60:.0f}", "reader": card,
             "first": f"notebooks/{first}.html", "colab": escape(colab_url(f"notebooks/{first}.ipynb", root)),
             "laboratory": laboratory_explorer(root),
             "colab02": colab_url("notebooks/02_faces_and_muscles.ipynb", root),
             "lessons": "\n".join(f"- [{one.number} {one.title}]({one.name}.md): {lessons(root)[one.number]['aim']}"
                                  for one in written_chapters(root)),
             "parts": "\n".join(f"- **{title}**: " + " · ".join(
                 f"[{one.number} {one.title}](notebooks/{one.name}.ipynb)" for one in inside)
                 for title, inside in parts(root).items())}
    for word, value in words.items():
        template = template.replace("{{" + word + "}}", value)
    return template


def gather(pages, extra, reader, root=ROOT):
    """Write all pages into the folder `pages`, and into the folder `extra` the files beside them: figures, notebooks to
    download. `reader`: whether the first page leads to "Read my face"."""
    for folder in (extra / "figures", extra / "download" / "solutions", pages / "notebooks", pages / "_static"):
        folder.mkdir(parents=True)
    shutil.copytree(root / "site" / "static", pages / "_static", dirs_exist_ok=True)

    def put(path, markdown):
        (pages / path).parent.mkdir(parents=True, exist_ok=True)
        (pages / path).write_text(markdown, encoding="utf-8")

    lists = {}
    for chapter in written_chapters(root):
        notebook = chapter_page(chapter.name, extra / "figures", root, reader)
        nbformat.write(notebook, pages / "notebooks" / f"{chapter.name}.ipynb")
        for kind, folder in (("learner", "download"), ("solutions", "download/solutions")):
            shutil.copy(notebook_path(chapter.name, kind, root), extra / folder)
        if drawn := drawn_of(chapter.name, root):
            shutil.copytree(drawn, extra / "explorers" / chapter.number, ignore=shutil.ignore_patterns("*.json"))
        original = nbformat.read(notebook_path(chapter.name, "learner", root), as_version=4)
        lists[chapter.number] = next(cell.source for cell in original.cells if "references" in tags(cell))
    put("references.bib", bibtex(lists))
    put("glossary.md", glossary_page(root))
    for path in TEXTS:
        put(path, text_page(path, root))
    for heading, (page, title) in README_PARTS.items():
        put(f"{page}.md", f"# {title}\n\n{relinked(readme_part(heading, root), 'README.md', root)}\n")
    for chapter in written_chapters(root):
        put(f"lessons/{chapter.name}.md", lesson_page(chapter, lessons(root)[chapter.number]))
    for path in sorted((root / "site" / "pages").rglob("*.md")):
        put(path.relative_to(root / "site" / "pages"), fill(path.read_text(encoding="utf-8"), reader, root))
    shutil.copytree(laboratory_of(root), extra / "face-laboratory", ignore=shutil.ignore_patterns("*.json"))
    shutil.copy(root / "notebooks" / "images" / "reads_a_face.png", pages / "_static")
    shutil.copy(root / "data" / "schematic_faces.png", pages / "data")
    (pages / "tools").mkdir()
    shutil.copy(root / "tools" / "package_map.svg", pages / "tools")
