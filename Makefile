# make course   open chapter 00 in JupyterLab
# make test     run every test and every notebook; make test TESTS=tests leaves the notebooks out
# make lint     look for faults that no test needs to run for
# make notebooks   build the notebooks from notebooks/source
# make site     build the course as a website: site/_build/html
# make explorers   run every chapter once more and draw what its controls can show, for the website; CHAPTERS as below
# make pdf      print the chapters of that website, and the book: site/_build/pdf; CHAPTERS="03 16" for some
# make class    pack the course without its solutions: build/class.zip; CLASS=--nbgrader for nbgrader's metadata
# make kit      pack it for a class without a network, wheels included: build/kit (downloads some gigabytes)
# make slides   the chapters as slides: build/slides; CHAPTERS="07 10" for some (needs npm)
# make reader   assemble the page "Read my face": site/_build/read-my-face; needs npm
# make browser  go through every explorer, quiz and chapter in a real browser, in both themes; CHAPTERS as below
# make benchmarks   measure loading, input and step, and draw it (an hour on an idle machine)
# make colab    run each notebook alone as on Google Colab, in an environment with its versions; CHAPTERS="03 16" for some
# make clean    remove the environment and the caches, never runs/
#
# Each sets up .venv by itself the first time, the site a small .venv-site of its own. PYTHON=... names the Python to set
# it up with.

SHELL := bash
.PHONY: course test wrong-answers browser lint benchmarks notebooks reader explorers site pdf class kit slides colab clean

VENV := .venv
STAMP := $(VENV)/.installed
SITE_VENV := .venv-site
SITE_STAMP := $(SITE_VENV)/.installed

# The first Python here that is 3.11 to 3.13 and can make a virtual environment.
SUITABLE := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	if "$$python" -c '$(SUITABLE)' >/dev/null 2>&1; then echo "$$python"; break; fi; done)

# TensorFlow speaks of missing graphics cards on every start; level 3 leaves real errors, which Python raises.
KERAS_BACKEND ?= tensorflow
TF_CPP_MIN_LOG_LEVEL ?= 3
export KERAS_BACKEND TF_CPP_MIN_LOG_LEVEL

# A browser is opened where there is a screen; the address is printed in any case. data/jupyterlab keeps JupyterLab from
# asking a newcomer about its news, and from looking for a newer version of itself.
NOTEBOOK := notebooks/00_start_here.ipynb
course: $(STAMP)
	@options=(); \
	if [ "$$(id -u)" = 0 ]; then options+=(--allow-root); fi; \
	if [ "$$(uname)" = Linux ] && [ -z "$$DISPLAY$$WAYLAND_DISPLAY" ]; then options+=(--no-browser); fi; \
	echo "Starting JupyterLab; Ctrl-C stops it."; \
	export JUPYTER_CONFIG_PATH="$(CURDIR)/data/jupyterlab$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}"; \
	exec $(VENV)/bin/jupyter lab --log-level=WARN --LabApp.default_url=/lab/tree/$(NOTEBOOK) \
		--LabApp.extension_manager=readonly "$${options[@]}"

# Two workers, a whole notebook or test file on one of them, and one thread each, or they fight over two cores.
# A notebook cell may take two minutes.
# Solutions hold all that a learner's notebook holds, and more: CI runs those, with TESTS=notebooks/solutions.
# REPORT=FILE keeps how long each test took, for benchmarks/suite.py.
TESTS ?= tests $(wildcard notebooks/*.ipynb)
test: $(STAMP)
	FER_UTILS_STRICT=1 OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 $(VENV)/bin/python -m pytest -n 2 --dist loadscope --durations 15 \
		--nbval-lax --nbval-current-env --nbval-cell-timeout 120 $(if $(REPORT),--junitxml $(REPORT)) $(TESTS)

# Every chapter from its first cell to its last with every exercise answered wrongly: some ten minutes.
wrong-answers: $(STAMP)
	FER_UTILS_ALL_WRONG=1 OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 $(VENV)/bin/python -m pytest -n 2 \
		tests/test_wrong_answers.py

# JupyterLab in headless Chromium (on Debian and Ubuntu: chromium), without a mouse. Every explorer and quiz, in both
# themes and at three widths; every chapter run from its first cell to its last, with its first exercise answered wrongly,
# then rightly; what a browser reads aloud of every picture. Screenshots lie in build/screenshots. Some fifteen minutes on
# two idle cores; `make test` tries the explorers in the dark, one quiz and chapter 00 only.
browser: $(STAMP)
	FER_UTILS_EVERY_WIDGET="$(or $(CHAPTERS),all)" FER_UTILS_MUST_NOT_SKIP=1 FER_UTILS_SCREENSHOTS=$(CURDIR)/build/screenshots \
		OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1 $(VENV)/bin/python -m pytest -s --durations 5 \
		tests/test_reach_browser.py

lint: $(STAMP)
	$(VENV)/bin/python -m ruff check

notebooks: $(STAMP)
	$(VENV)/bin/python tools/build_notebooks.py

# On an idle machine: what runs beside a benchmark is in its figures.
benchmarks: $(STAMP)
	for one in loading input step draw; do $(VENV)/bin/python benchmarks/$$one.py || exit 1; done
	$(VENV)/bin/python tools/readme_tables.py

# The site's sliders move where this was called before `make site`. Some fifteen minutes.
explorers: $(STAMP)
	$(VENV)/bin/python tools/draw_explorers.py $(CHAPTERS)

# From the notebooks as they stand; none is run.
site: $(SITE_STAMP)
	$(SITE_VENV)/bin/python tools/make_reader.py
	$(SITE_VENV)/bin/python tools/make_site.py

pdf: site
	$(SITE_VENV)/bin/python tools/make_pdf.py $(CHAPTERS)

class: $(STAMP)
	$(VENV)/bin/python tools/make_class.py $(CLASS)

# KIT="--systems linux" for one system, KIT="--python 3.13" for another Python.
kit: $(STAMP)
	$(VENV)/bin/python -m pip install --quiet uv
	$(VENV)/bin/python tools/make_kit.py $(KIT)

slides: $(STAMP)
	$(VENV)/bin/python tools/make_slides.py $(CHAPTERS)

reader: $(STAMP)
	$(VENV)/bin/python tools/make_reader.py

# Needs the Python that Colab has. Some minutes to set up, then one or two a chapter.
COLAB_PYTHON ?= python3.12
PINS ?= tools/colab/2026.07.txt
colab: $(STAMP)
	$(VENV)/bin/python tools/run_as_on_colab.py --python $(COLAB_PYTHON) --pins $(PINS) $(CHAPTERS)

# Sets up the environment $(1) with the extra $(2); $(3) says what that costs. The stamp is written last, so an
# interrupted installation is taken up again by the next call.
define SET_UP
	@python="$(PYTHON)"; set -e -o pipefail; \
	if ! "$$python" -c '$(SUITABLE)' >/dev/null 2>&1; then \
		echo "No suitable Python$${python:+ ($$python)}: the course needs 3.11, 3.12 or 3.13 with its venv module." >&2; \
		echo "Install one (on Debian and Ubuntu: python3 python3-venv), or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	echo "Setting up $(1) with $$("$$python" --version): $(3), the first time only."; \
	export PIP_ROOT_USER_ACTION=ignore PIP_DISABLE_PIP_VERSION_CHECK=1; \
	$(1)/bin/python -m pip --version >/dev/null 2>&1 || "$$python" -m venv --clear $(1); \
	$(1)/bin/python -m pip install --quiet --upgrade pip; \
	$(1)/bin/python -m pip install -e '.[$(2)]' | while read -r line; do \
		case "$$line" in \
			Collecting*) printf . ;; \
			'Installing collected'*) printf ' fetched; unpacking' ;; \
			'Successfully installed'*) echo ' done.' ;; \
		esac; \
	done; \
	touch $(1)/.installed
endef

$(STAMP): pyproject.toml
	$(call SET_UP,$(VENV),course,some minutes and 3 GB of disk)

$(SITE_STAMP): pyproject.toml
	$(call SET_UP,$(SITE_VENV),site,a minute or two and half a GB of disk)

clean:
	rm -rf $(VENV) $(SITE_VENV) .venv-colab .pytest_cache .hypothesis build dist site/_build *.egg-info
	find fer_utils tests tools notebooks -depth \( -name __pycache__ -o -name .ipynb_checkpoints \) -exec rm -rf {} \;
