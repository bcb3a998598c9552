// `@vladmandic/human` as a program under test: node human.js FORM FACES THREADS
// FORM: `network`, its emotion network asked straight; `picture`, its detector, its face mesh, which cuts the face out,
// and that network on a picture, an .npy file of pixels, since Node reads no pictures by itself.
const fs = require('fs');
const { serve, pictureRead, readArray, packageFolder, startWasm } = require('./answering.js');

const CLASSES = ['anger', 'disgust', 'fear', 'happiness', 'sadness', 'surprise', 'neutral'];
const MEANS = { angry: 'anger', happy: 'happiness', sad: 'sadness' };
let parameters = null;
const [form, facesFile, threads] = process.argv.slice(2);

// the library asks for its files as a browser does; they lie on the disk
const web = globalThis.fetch;
globalThis.fetch = async (url, ...rest) => (/^https?:/.test(String(url)) ? web(url, ...rest)
  : new Response(fs.readFileSync(String(url).replace(/^file:\/\//, ''))));

async function start() {
  const { Human } = require(`${packageFolder('@vladmandic/human')}/dist/human.node-wasm.js`);
  const off = { enabled: false };
  const human = new Human({
    backend: 'wasm', modelBasePath: `file://${packageFolder('@vladmandic/human')}/models/`,
    warmup: 'none', debug: false,
    wasmPath: `${packageFolder('@tensorflow/tfjs-backend-wasm')}/dist/`, filter: off, gesture: off, body: off,
    hand: off, object: off, segmentation: off,
    face: { enabled: true, iris: off, description: off, antispoof: off, liveness: off, emotion: { enabled: true } },
  });
  await startWasm(human.tf, require('@tensorflow/tfjs-backend-wasm'), Number(threads));
  return human;
}

async function network() {
  const { tf } = await start();
  const model = await tf.loadGraphModel(`file://${packageFolder('@vladmandic/human')}/models/emotion.json`);
  const weights = Object.values(model.weights).flat().filter((tensor) => tensor.dtype === 'float32');
  parameters = weights.reduce((sum, tensor) => sum + tensor.size, 0); // whole numbers are shapes, not weights
  return async (faces, count) => {
    // the steps of the library: to the network's size, from 0 to 1 to -1 to 1
    const answer = tf.tidy(() => {
      const given = tf.div(tf.tensor4d(faces, [count, 48, 48, 1], 'float32'), 255);
      return model.execute(tf.mul(tf.sub(tf.image.resizeBilinear(given, [64, 64], false), 0.5), 2));
    });
    const found = await answer.data();
    answer.dispose();
    return found;
  };
}

async function picture() {
  const human = await start();
  const { shape, data } = readArray(facesFile);
  const { face } = await human.detect(human.tf.tensor4d(data, [1, ...shape], 'int32'));
  const best = face.length && face[0].emotion ? face[0].emotion[0].emotion : null;
  await pictureRead({ faces: face.length, emotion: MEANS[best] || best });
}

if (form === 'picture') picture();
else serve(network, facesFile, { classes: CLASSES, parameters: () => parameters });
