"""fer_utils: the small package behind the course on facial expression recognition.

Importing it is quick: NumPy is all it needs until something is used. Where things live:

| question | module |
|---|---|
| Where do the faces come from? | `data`, `sources`, `folders`, `schematic`, `face`, `anatomy`, `action_units` |
| What happens to a face before a network sees it? | `preprocessing`, `augmentation` |
| What is inside a network? | `squeezenet`, `networks` |
| How is a trained one reused? | `transfer`, `applications` |
| How is it trained? | `recipes`, `training` |
| How good is it? | `evaluation`, `results`, `weights` |
| What does this photograph show? | `prediction` |
| What do the notebooks use? | `course` |
"""

__version__ = "0.1.0"

_EXPORTS = {
    "EMOTIONS": "labels",
    "load_faces": "data", "load_fer2013": "data", "load_schematic": "data", "DataError": "data",
    "load_folder": "folders",
    "build_network": "networks",
    "load_network": "evaluation", "predict_probabilities": "evaluation", "scores": "evaluation",
    "evaluate": "evaluation", "evaluate_on": "evaluation",
    "results_table": "results",
    "find_faces": "prediction", "predict_image": "prediction",
}
__all__ = sorted(_EXPORTS)


def __getattr__(name):
    if name not in _EXPORTS:
        raise AttributeError(f"module 'fer_utils' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"fer_utils.{_EXPORTS[name]}"), name)


def __dir__():
    return sorted([*globals(), *__all__])
