"""Draw the README's picture with the course's own network: `python tools/readme_picture.py`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fer_utils.course.figures import found_faces  # noqa: E402
from fer_utils.course.show import png  # noqa: E402
from fer_utils.data.photographs import example_photograph  # noqa: E402
from fer_utils.evaluation.prediction import predict_image

if __name__ == "__main__":
    photograph = example_photograph()
    figure, alt = found_faces(photograph, predict_image(photograph))
    path = ROOT / "notebooks" / "images" / "reads_a_face.png"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(png(figure, dpi=64))
    print(f"{path.relative_to(ROOT)}: {alt}")
