"""What a notebook says where a cell cannot run: a sentence that says what to do."""

import nbformat
from build_notebooks import ROOT
from nbclient import NotebookClient


def outputs_of(*code):
    """The outputs of the last of some cells that run one after the other, errors and all."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in code])
    NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(ROOT)}}).execute()
    return [cell.outputs for cell in notebook.cells]


def test_cells_out_of_order_and_a_wrong_path_are_told_in_words():
    _, missing, misspelt, path = outputs_of(
        "from fer_utils import course\ncourse.setup()", "print(answers_of_the_cell_above)",
        "def f():\n    x += 1\nf()",
        "from fer_utils.evaluation.prediction import predict_image\npredict_image('/nowhere/face.jpg')")
    assert missing[0].ename == "NameError"
    assert missing[1].text.startswith("`answers_of_the_cell_above` does not exist yet. If a cell above makes it, run")
    assert [output.output_type for output in misspelt] == ["error"]  # a slip in a function is no missing cell
    assert path[0].traceback == ["FileError: there is no file /nowhere/face.jpg. Correct the path."]
