"""Draw the README's picture with the course's own network: `python tools/readme_picture.py`."""

import io
from pathlib import Path

from PIL import Image

from fer_utils.course.figures import found_faces, set_theme
from fer_utils.course.show import quick_picture
from fer_utils.data.photographs import example_photograph
from fer_utils.evaluation.prediction import predict_image

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    set_theme()
    photograph = example_photograph()
    figure, alt = found_faces(photograph, predict_image(photograph))
    path = ROOT / "notebooks" / "images" / "reads_a_face.png"
    path.parent.mkdir(exist_ok=True)
    picture = Image.open(io.BytesIO(quick_picture(figure)))
    picture.quantize(64, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}: {alt}")
