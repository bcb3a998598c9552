// `@vladmandic/face-api` as a program under test: node face_api.js FORM FACES THREADS
// FORM: `network`, its expression network asked straight; `picture`, its small detector and that network on a picture,
// an .npy file of pixels, since Node reads no pictures by itself.
const { serve, pictureRead, readArray, packageFolder, startWasm } = require('./answering.js');

// its own names, in its own order, and ours for them
const THEIRS = ['neutral', 'happy', 'sad', 'angry', 'fearful', 'disgusted', 'surprised'];
const CLASSES = ['neutral', 'happiness', 'sadness', 'anger', 'fear', 'disgust', 'surprise'];
let parameters = null;
const [form, facesFile, threads] = process.argv.slice(2);

async function start() {
  const tf = require('@tensorflow/tfjs');
  const wasm = require('@tensorflow/tfjs-backend-wasm');
  const faceapi = require('@vladmandic/face-api/dist/face-api.node-wasm.js');
  await startWasm(tf, wasm, Number(threads));
  const models = `${packageFolder('@vladmandic/face-api')}/model`;
  await faceapi.nets.faceExpressionNet.loadFromDisk(models);
  return { tf, faceapi, models };
}

async function network() {
  const { tf, faceapi } = await start();
  parameters = faceapi.nets.faceExpressionNet.faceFeatureExtractor.getParamList()
    .concat(faceapi.nets.faceExpressionNet.getParamList()).reduce((sum, { tensor }) => sum + tensor.size, 0);
  return async (faces, count) => {
    // the library takes one picture at a time, in color
    const answers = new Float32Array(count * 7);
    for (let i = 0; i < count; i += 1) {
      const face = tf.tidy(() => {
        const gray = tf.tensor3d(faces.subarray(i * 2304, (i + 1) * 2304), [48, 48, 1], 'int32');
        return tf.concat([gray, gray, gray], 2);
      });
      const found = await faceapi.nets.faceExpressionNet.predictExpressions(face);
      answers.set(THEIRS.map((name) => found[name]), i * 7);
      face.dispose();
    }
    return answers;
  };
}

async function picture() {
  const { tf, faceapi, models } = await start();
  await faceapi.nets.tinyFaceDetector.loadFromDisk(models);
  const { shape, data } = readArray(facesFile);
  const found = await faceapi.detectAllFaces(tf.tensor3d(data, shape, 'int32'), new faceapi.TinyFaceDetectorOptions())
    .withFaceExpressions();
  const best = found.length ? found[0].expressions.asSortedArray()[0].expression : null;
  await pictureRead({ faces: found.length, emotion: best && CLASSES[THEIRS.indexOf(best)] });
}

if (form === 'picture') picture();
else serve(network, facesFile, { classes: CLASSES, parameters: () => parameters });
