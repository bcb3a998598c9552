"""The figures and the explorer of chapter 05 about deciding. Each draw function returns (figure, alternative text)."""

import numpy as np

from fer_utils.course.figures import COLORS
from fer_utils.course.show import explore, new_figure
from fer_utils.labels import EMOTIONS
from fer_utils.text import percent


def classifiers():
    """The four kinds of classifiers of this chapter for a few hundred faces, a dict from a name to a pipeline.

    What needs numbers of one size is scaled first, inside the pipeline. Built anew with every call.
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return {"nearest neighbours": make_pipeline(StandardScaler(), KNeighborsClassifier(9)),
            "linear SVM": make_pipeline(StandardScaler(), SVC(kernel="linear", C=0.01)),
            "RBF SVM": make_pipeline(StandardScaler(), SVC(C=3)),
            "random forest": RandomForestClassifier(40, random_state=0)}


def areas(points, panels, names):
    """Where fitted classifiers of two measures answer yes, and the faces they learned from.

    Arguments: points, float (n, 2); panels, tuples of a title, a fitted classifier, bool (n,), true for the faces of
    the class, and the name of the class; names, of the two measures. A classifier with `decision_function` gets its
    margin drawn.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    edge = 0.08 * (high - low)
    grid = np.stack(np.meshgrid(*np.linspace(low - edge, high + edge, 80).T), axis=-1)
    flat = grid.reshape(-1, 2)
    figure, axes = new_figure(3.1 * len(panels), 3.1, len(panels), squeeze=False, sharey=True)
    shares = []
    for axis, (title, model, is_class, name) in zip(axes.flat, panels):
        answers = model.predict(flat).reshape(grid.shape[:2])
        axis.contourf(grid[..., 0], grid[..., 1], answers, levels=[-0.5, 0.5, 1.5], colors=["#e3e8ee", "#f3d3bd"])
        if hasattr(model, "decision_function"):
            scores = model.decision_function(flat).reshape(grid.shape[:2])
            axis.contour(grid[..., 0], grid[..., 1], scores, levels=[-1, 0, 1], colors="#555555", linewidths=1,
                         linestyles=["--", "-", "--"])
        for value, colour, label in ((False, "#66788a", "others"), (True, COLORS[1], name)):
            axis.plot(*points[is_class == value].T, ".", markersize=4, color=colour, label=label)
        right = np.mean(model.predict(points) == is_class)
        shares.append(f"{title}, {name} or not: {percent(right)}")
        axis.set_title(f"{title}\n{percent(right)} of these right", fontsize=10)
        axis.set_xlabel(names[0], fontsize=9)
        axis.legend(frameon=False, fontsize=8, loc="upper left", handletextpad=0.1)
    axes[0, 0].set_ylabel(names[1], fontsize=9)
    return figure, (f"Faces as points of two measures, {names[0]} and {names[1]}, coloured where a classifier answers "
                    f"yes. "
                    "Right of the faces that it learned from: " + "; ".join(shares) + ".")


def radial(points, is_class, names, class_name, gamma=100.0, cost=3.0):
    """`areas` of one SVM with an RBF kernel, beside its accuracy on folds that it has not seen."""
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    model = make_pipeline(StandardScaler(), SVC(gamma=gamma, C=cost))
    unseen = cross_val_score(model, points, is_class, cv=5).mean()
    title = f"gamma {gamma:g}, C {cost:g}"
    figure, alt = areas(points, [(title, model.fit(points, is_class), is_class, class_name)], names)
    axis = figure.axes[0]
    axis.set_title(f"{axis.get_title()},\nright on {percent(unseen, 0)} of the faces left out", fontsize=10)
    figure.set_size_inches(4.8, 3.4)
    return figure, f"{alt} Of faces left out of the fit, {percent(unseen, 0)} are answered right."


def explore_radial(points, is_class, names, class_name):
    """Two controls on `radial`."""
    import ipywidgets as widgets

    return explore(lambda **chosen: radial(points, is_class, names, class_name, **chosen),
                   gamma=widgets.SelectionSlider(options=[0.01, 0.1, 1.0, 10.0, 100.0, 1000.0], value=100.0,
                                                 description="gamma: how near counts"),
                   cost=widgets.SelectionSlider(options=[0.01, 0.1, 1.0, 3.0, 30.0, 300.0], value=3.0,
                                                description="C: the price of an error"))


def drawn_tree(tree, names):
    """A fitted decision tree with its questions, for the seven emotions. `names`: of the measures."""
    from sklearn.tree import plot_tree

    figure, axis = new_figure(10, 4.2)
    classes = [EMOTIONS[int(label)] for label in tree.classes_]
    for box in plot_tree(tree, feature_names=list(names), class_names=classes, impurity=False, rounded=True, ax=axis,
                         fontsize=7, label="none"):
        lines = [line for line in box.get_text().splitlines() if not line.strip().startswith("[")]
        if "<=" in lines[0]:
            box.set_text(lines[0])
        elif len(lines) == 2:  # a leaf: faces, class
            box.set_text(f"{lines[1]}\n{lines[0]} faces")
    root = names[tree.tree_.feature[0]]
    return figure, (f"A decision tree of {tree.get_n_leaves()} answers. Its first question asks whether {root} is at "
                    f"most "
                    f"{tree.tree_.threshold[0]:.2f}.")
