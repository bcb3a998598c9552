"""Search for the settings of a recipe with Optuna, so that an interrupted search goes on where it was.

Explained in chapter 16 (thesis section 8 asks for it). Every trial is a run of `fer_utils.training.run`, judged by the
PublicTest accuracy of its last epoch; PrivateTest is never loaded. Akiba and others 2019 (arXiv:1907.10902).

Several processes, on one machine or on many, share one search where its study lies in a database that all of them reach
(`storage`). Each lets the study know now and then that it lives; a trial whose process has fallen silent is run again.
"""

import shutil
import time
import warnings
from contextlib import nullcontext, suppress
from dataclasses import replace

from fer_utils.files import FileError, alone_in, path_of, reading, reason

REMEDY = "Make room if the disk is full; else delete the file, or choose another --out, and the search begins anew."

HEARTBEAT = 30  # seconds

# What may be tried: a list is a choice; (low, high) is searched evenly, (low, high, "log") evenly in its logarithm.
SPACE = {
    "learning_rate": (1e-4, 3e-2, "log"),
    "weight_decay": (1e-4, 1e-1, "log"),
    "batch_size": [32, 64, 128, 256],
    "augmentation": ["none", "thesis", "modern", "strong"],
    "label_smoothing": (0.0, 0.2),
    "mixup": [0.0, 0.2],
}


def suggest(trial, space=SPACE):
    """What a trial of Optuna is to try: a dict from field of `Recipe` to value. Raises ValueError for a bad entry."""
    return {field: _suggest(trial, field, entry) for field, entry in space.items()}


def _suggest(trial, field, entry):
    if isinstance(entry, list):
        return trial.suggest_categorical(field, entry)
    if len(entry) not in (2, 3) or entry[2:] not in ((), ("log",)):
        raise ValueError(f"the space of {field} is {entry!r}; use a list of choices, (low, high) or "
                         '(low, high, "log").')
    return trial.suggest_float(field, *entry[:2], log=len(entry) == 3)


def open_study(out, name="search", storage=None, heartbeat=HEARTBEAT):
    """The Optuna study kept in `out/study.db`, or in the database at the URL `storage`, with its finished trials; a new
    one where there is none. Raises FileError where it is damaged or cannot be reached, ValueError where the URL is
    none or the database needs a package that is not there."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)  # a trial that fails is told by the error that it ends with
    out = path_of(out)
    if storage:
        return _shared_study(optuna, storage, name, heartbeat)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "study.db"
    with reading(path, REMEDY):
        study = optuna.create_study(storage=f"sqlite:///{path}", study_name=name, direction="maximize",
                                    load_if_exists=True)
        trials = len(study.trials)
    # the sampler's draws are not stored: seeded by the number of trials, a search that goes on does not repeat itself
    study.sampler = optuna.samplers.TPESampler(seed=trials, n_startup_trials=6)
    study.pruner = optuna.pruners.MedianPruner(n_startup_trials=6, n_warmup_steps=2)
    return study


def _shared_study(optuna, url, name, heartbeat):
    """A study that several processes work on."""
    place = place_of(url)
    try:
        with warnings.catch_warnings(), reading(place, "Is the database there, and may you write to it?"):
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            retry = getattr(optuna.storages, "RetryHeartbeatStaleTrialCallback", None)  # since Optuna 4.9
            how = ({"heartbeat_stale_trial_callback": retry()} if retry else
                   {"failed_trial_callback": optuna.storages.RetryFailedTrialCallback()})
            kept = optuna.storages.RDBStorage(url, heartbeat_interval=heartbeat, grace_period=5 * heartbeat, **how)
            study = optuna.create_study(storage=kept, study_name=name, direction="maximize", load_if_exists=True)
    except FileError as error:
        if isinstance(error.__cause__, ImportError):
            raise ValueError(f"{place} needs a package that speaks to this database; for postgresql+psycopg://: pip "
                             "install 'psycopg[binary]'.") from error
        raise
    # each process draws for itself, and reckons with the trials that the others are at
    study.sampler = optuna.samplers.TPESampler(n_startup_trials=6, constant_liar=True)
    study.pruner = optuna.pruners.MedianPruner(n_startup_trials=6, n_warmup_steps=2)
    return study


def place_of(url):
    """The URL of a database without its password. Raises ValueError where it is none."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        raise ValueError("--storage takes the URL of a database, such as sqlite:////shared/study.db or "
                         "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE.") from None


def search(name, recipe, *, trials, out, faces, space=SPACE, precision="float32", storage=None, heartbeat=HEARTBEAT,
           verbose=0):
    """Run trials until the study in `out` has `trials` that ended by themselves; returns the study.

    Arguments:
        name: a network. recipe: the `Recipe` whose fields the trials change; its epochs are the length of a trial.
        faces: `Faces` with train and public; give few of them, for a search costs as many runs as it has trials.
        space: what may be tried, as in `SPACE`.
        storage: the URL of a database that several processes share, such as sqlite:////shared/study.db; None keeps the
            study in `out`, for one process.
        heartbeat: seconds between two signs of life of a process that shares a study; five times that without one, and
            its trial is run again by another.

    A trial that does worse than the median of the others at its epoch is ended early. A trial that was killed counts as
    failed, and another one takes its place; in a shared study, one with the same settings. Every trial trains with the
    seed 0: seeds are for those that win.

    Raises FileExistsError where another process is at work in `out`, ValueError where it holds a search with other
    settings, FileError where its study is damaged or cannot be written.
    """
    out = path_of(out)
    with nullcontext() if storage else alone_in(out):
        return _search(name, recipe, trials, out, faces, space, precision, storage, heartbeat, verbose)


def _search(name, recipe, trials, out, faces, space, precision, storage, heartbeat, verbose):
    import keras
    import optuna
    from optuna.exceptions import StorageInternalError

    from fer_utils.training.run import train

    class Report(keras.callbacks.Callback):
        def __init__(self, trial):
            super().__init__()
            self.trial = trial

        def on_epoch_end(self, epoch, logs):
            self.trial.report(logs["val_accuracy"], epoch)
            if self.trial.should_prune():
                raise optuna.TrialPruned

    def objective(trial):
        if storage and not _is_wanted(study, trial.number, trials):
            raise Surplus
        tried = replace(recipe, name=f"trial-{trial.number}", **suggest(trial, space))
        # of the trial that runs; only its figures are kept
        folder = out / (f"trial-{trial.number}" if storage else "trial")
        shutil.rmtree(folder, ignore_errors=True)
        record = train(name, tried, out=folder, faces=faces, precision=precision, verbose=0, callbacks=[Report(trial)])
        trial.set_user_attr("seconds", record["wall_seconds"])
        if storage:
            shutil.rmtree(folder, ignore_errors=True)
        if verbose:
            print(f"trial {trial.number}: {record['history'][-1]['val_accuracy']:.4f} with {trial.params}", flush=True)
        return record["history"][-1]["val_accuracy"]

    study = open_study(out, storage=storage, heartbeat=heartbeat)
    place = place_of(storage) if storage else out / "study.db"
    about = {"network": name, "recipe": recipe.as_dict(), "faces": faces.content_hash, "precision": precision,
             "space": {field: list(entry) for field, entry in space.items()}}
    try:
        _hold_to(study, about, place)
        if storage:
            _share(study, objective, trials)
            return study
        for trial in study.get_trials(deepcopy=False, states=[optuna.trial.TrialState.RUNNING]):
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)  # killed while it ran
        while len(ended(study)) < trials:
            study.optimize(objective, n_trials=1)
    except StorageInternalError as error:
        cause = reason(error.__cause__ or error)
        raise FileError(f"{place} cannot be read or written ({cause}). {REMEDY}") from error
    shutil.rmtree(out / "trial", ignore_errors=True)
    return study


class Surplus(Exception):
    """Another process has begun the last trial that was wanted."""


def _share(study, objective, trials):
    """Run trials of a study that other processes work on, too, until it has as many as wanted that ended."""
    import optuna

    while len(ended(study)) < trials:
        if len(_standing(study)) < trials or study.get_trials(states=[optuna.trial.TrialState.WAITING]):
            with suppress(optuna.exceptions.UpdateFinishedTrialError):  # it was silent too long, and given to another
                study.optimize(objective, n_trials=1, catch=(Surplus,))
            continue
        time.sleep(1)  # the others are at the last trials; one of them may fall silent
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            optuna.storages.fail_stale_trials(study)


def _standing(study):
    """The numbers of the trials that count, or may still: all but those that failed, in order."""
    return [trial.number for trial in study.get_trials(deepcopy=False) if trial.state.name != "FAIL"]


def _is_wanted(study, number, trials):
    """Whether a trial is among the first `trials` that count. Two processes may begin the last one at once; the study
    gives them different numbers, so that they agree on whose it is."""
    return number in _standing(study)[:trials]


def _hold_to(study, about, path):
    """Write down what a study searches for; raise ValueError where it has trials of another search."""
    kept = study.user_attrs.get("about")
    if kept is None and not study.get_trials(deepcopy=False):
        study.set_user_attr("about", about)
    elif kept != about:
        different = [f"{field} is {str(kept.get(field))[:100]} there, {str(about[field])[:100]} here"
                     for field in about if kept.get(field) != about[field]] if kept else ["it does not say which"]
        raise ValueError(f"{path} holds another search: {'; '.join(different)}. Choose another --out.")


def ended(study):
    """The trials of a study that ran to their end or were pruned, in order."""
    import optuna

    states = (optuna.trial.TrialState.COMPLETE, optuna.trial.TrialState.PRUNED)
    return [trial for trial in study.get_trials(deepcopy=False) if trial.state in states]


def with_best(recipe, study):
    """`recipe` with the settings of the study's best trial, under the name "searched"."""
    return replace(recipe, name="searched", **study.best_params)

