// Read one face after another on a microcontroller: TensorFlow Lite Micro and the int8 network of the course.
//
// A skeleton for a board with an ESP32-S3 and a camera. It compiles and runs nowhere here: no board is at hand, so
// nothing about a board was measured. What was measured, on a computer, in the same interpreter: the arena that
// AllocateTensors() takes, and the accuracy (chapter 14, data/results).

#include <cstdint>
#include <cstdio>

#include "fer_network.h"
#include "tensorflow/lite/micro/micro_interpreter.h"
#include "tensorflow/lite/micro/micro_mutable_op_resolver.h"
#include "tensorflow/lite/schema/schema_generated.h"

namespace {
constexpr int kSide = 48;
constexpr int kPixels = kSide * kSide;
constexpr int kClasses = 7;
const char* const kEmotions[kClasses] = {"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"};

// TensorFlow Lite Micro takes 199,616 bytes of it for squeezenet-fer-tiny; with room for what a port adds.
constexpr std::size_t kArenaBytes = 208 * 1024;
alignas(16) uint8_t arena[kArenaBytes];
}  // namespace

// Yours to write: fill `gray` with one upright frontal face, 48 x 48 pixels, 0 to 255, row by row. Cut it from the
// camera's picture as chapter 15 says; a detector for the board is not part of this skeleton.
bool NextFace(uint8_t* gray);

extern "C" void app_main(void) {
  const tflite::Model* model = tflite::GetModel(fer_network);
  if (model->version() != TFLITE_SCHEMA_VERSION) {
    std::printf("fer_network.cc is of another version of the schema; export it again.\n");
    return;
  }

  // The layers that the network has, and no others: each takes flash.
  static tflite::MicroMutableOpResolver<9> layers;
  layers.AddConv2D();
  layers.AddMaxPool2D();
  layers.AddConcatenation();
  layers.AddMean();
  layers.AddLogistic();
  layers.AddMul();
  layers.AddAdd();
  layers.AddFullyConnected();
  layers.AddSoftmax();

  static tflite::MicroInterpreter network(model, layers, arena, kArenaBytes);
  if (network.AllocateTensors() != kTfLiteOk) {
    std::printf("The arena of %u bytes is too small, or a layer is missing above.\n",
                static_cast<unsigned>(kArenaBytes));
    return;
  }

  static uint8_t gray[kPixels];
  while (NextFace(gray)) {
    int8_t* face = network.input(0)->data.int8;
    for (int i = 0; i < kPixels; ++i) {
      face[i] = static_cast<int8_t>(gray[i] - 128);  // the input's scale is 1, its zero point -128
    }
    if (network.Invoke() != kTfLiteOk) {
      std::printf("The network failed.\n");
      return;
    }
    const TfLiteTensor* answer = network.output(0);
    int best = 0;
    for (int i = 1; i < kClasses; ++i) {
      if (answer->data.int8[i] > answer->data.int8[best]) best = i;
    }
    const float probability = (answer->data.int8[best] - answer->params.zero_point) * answer->params.scale;
    std::printf("%s %.2f\n", kEmotions[best], static_cast<double>(probability));
  }
}
