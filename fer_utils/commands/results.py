"""`python -m fer_utils results`: list the published runs, the networks' and then the classifiers' of chapter 05."""

import json

from fer_utils.commands import add_json


def add_options(command):
    """Add the options of the command."""
    add_json(command)


def run(options):
    """List the published runs."""
    from fer_utils.evaluation.classical_runs import classical_table
    from fer_utils.evaluation.results import results_table

    rows, classical = results_table(untrained=True), classical_table()
    if options.json:
        return print(json.dumps(rows + classical))
    errata = {text: f"[{number}]" for number, text in enumerate(
        dict.fromkeys(row["erratum"] for row in rows if row["erratum"]), start=1)}
    print(f"{'run':40}{'private':>9}{'95 %, faces':>14}{'thesis':>9}{'no copies':>10}{'public':>9}{'macro F1':>10}"
          f"{'parameters':>12}{'epochs':>8}{'s/epoch':>9}  device")
    for row in rows:
        if row["run"] is None:
            print(f"{row['model']:40}{'not yet trained':>61}{row['parameters']:12,}")
            continue
        thesis = f"{row['thesis_accuracy']:.2%}" if row["thesis_accuracy"] else "-"
        print(f"{row['run']:40}{row['accuracy']:9.2%}{_interval(row):>14}{thesis:>9}{row['leak_free_accuracy']:10.2%}"
              f"{row['public_accuracy']:9.2%}{row['macro_f1']:10.3f}{row['parameters']:12,}{row['epochs']:8}"
              f"{row['seconds_an_epoch']:9.1f}  {row['device']}"
              f"{'' if row['complete'] else '  not complete'}{'' if row['data'] == 'FER-2013' else '  ' + row['data']}"
              f"{'  erratum ' + errata[row['erratum']] if row['erratum'] else ''}")
    if classical:
        print(f"\n{'without a network':40}{'private':>9}{'95 %, faces':>14}{'':9}{'no copies':>10}{'public':>9}"
              f"{'macro F1':>10}{'numbers':>12}{'fit s':>8}{'ms/face':>9}  device")
    for row in classical:
        print(f"{row['run']:40}{row['accuracy']:9.2%}{_interval(row):>14}{'':9}{row['leak_free_accuracy']:10.2%}"
              f"{row['public_accuracy']:9.2%}{row['macro_f1']:10.3f}{row['stored_numbers']:12,}"
              f"{row['seconds_to_describe'] + row['seconds_to_fit']:8.0f}"
              f"{1000 * row['seconds_a_face']:9.2f}  {row['device']}, one thread")
    for text, mark in errata.items():
        print(f"\nErratum {mark}: {text}")


def _interval(row):
    return f"{100 * row['accuracy_low']:.1f} to {100 * row['accuracy_high']:.1f}"
