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
    print(f"{'run':40}{'private':>9}{'thesis':>9}{'no copies':>10}{'public':>9}{'macro F1':>10}{'parameters':>12}"
          f"{'epochs':>8}{'s/epoch':>9}  device")
    for row in rows:
        if row["run"] is None:
            print(f"{row['model']:40}{'not yet trained':>47}{row['parameters']:12,}")
            continue
        thesis = f"{row['thesis_accuracy']:.2%}" if row["thesis_accuracy"] else "-"
        print(f"{row['run']:40}{row['accuracy']:9.2%}{thesis:>9}{row['leak_free_accuracy']:10.2%}"
              f"{row['public_accuracy']:9.2%}{row['macro_f1']:10.3f}{row['parameters']:12,}{row['epochs']:8}"
              f"{row['seconds_an_epoch']:9.1f}  {row['device']}"
              f"{'' if row['complete'] else '  not complete'}{'' if row['data'] == 'FER-2013' else '  ' + row['data']}")
    if classical:
        print(f"\n{'without a network':40}{'private':>9}{'':9}{'no copies':>10}{'public':>9}{'macro F1':>10}"
              f"{'numbers':>12}{'fit s':>8}{'ms/face':>9}  device")
    for row in classical:
        print(f"{row['run']:40}{row['accuracy']:9.2%}{'':9}{row['leak_free_accuracy']:10.2%}{row['public_accuracy']:9.2%}"
              f"{row['macro_f1']:10.3f}{row['stored_numbers']:12,}"
              f"{row['seconds_to_describe'] + row['seconds_to_fit']:8.0f}"
              f"{1000 * row['seconds_a_face']:9.2f}  {row['device']}, one thread")
