"""Label it yourself: the learner's own labels for faces of PublicTest, beside a network's and those of FER+.

Chapters 03 and 12 show `labelling_figure`, a recorded example, and after it the widget `label_yourself`; `my_results`
reads the learner's answers back.
"""

from fer_utils.course.labelling.results import labelling_figure, my_results
from fer_utils.course.labelling.widget import label_yourself

__all__ = ["label_yourself", "labelling_figure", "my_results"]
