"""How Sphinx builds the site. The pages are gathered by tools/site_pages.py; `make site` does both."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = Path(os.environ["SITE_PAGES"])  # the gathered pages
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from syllabus import PLACEHOLDER, repository  # noqa: E402

address = repository()
project = "Facial expression recognition"
author = "the authors of the course"
copyright = "the authors of the course, under the MIT licence"
language = "en"

extensions = ["myst_nb", "sphinxcontrib.bibtex", "sphinx.ext.mathjax"]

# The notebooks are shown as they were executed; nothing is run.
nb_execution_mode = "off"
nb_render_markdown_format = "myst"
nb_code_prompt_show = "Show how the course's code is found"
nb_code_prompt_hide = "Hide it"
myst_enable_extensions = ["dollarmath", "amsmath", "deflist", "colon_fence"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
bibtex_bibfiles = [str(PAGES / "references.bib")]
bibtex_default_style = "plain"

html_theme = "sphinx_book_theme"
html_title = project
templates_path = ["templates"]
# The theme's own, but for the link to the first page, which is to stand in a landmark.
html_sidebars = {"**": ["home.html", "icon-links.html", "search-button-field.html", "sbt-sidebar-nav.html"]}
html_static_path = [str(PAGES / "_static")]
html_css_files = ["course.css"]
html_js_files = ["course.js"]
html_extra_path = [os.environ["SITE_EXTRA"]]  # what is copied as it is
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
html_theme_options = {
    "use_download_button": False,
    "use_repository_button": address.owner != PLACEHOLDER,
    "repository_url": address.url,
    "navbar_persistent": [],
    "show_navbar_depth": 1,
    "home_page_in_toc": True,
    "show_toc_level": 1,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
# MathJax lies beside the pages, and only its renderer: no menu, which would fetch more.
mathjax_path = "mathjax/tex-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}
