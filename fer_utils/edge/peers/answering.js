// What answering.py does, for programs that run in Node: answer faces, time each answer, speak in lines of JSON.
const fs = require('fs');
const readline = require('readline');

console.log = console.error; // what libraries print is not the answer
const say = (value) => fs.writeSync(1, JSON.stringify(value) + '\n');

// The faces of an .npy file, uint8 (n, 48, 48): {count, data}. Also pictures, uint8 (height, width, 3): {shape, data}.
function readArray(path) {
  const file = fs.readFileSync(path);
  const wide = file[6] > 1; // the second version of the format has four bytes for the length of the header
  const start = (wide ? 12 : 10) + (wide ? file.readUInt32LE(8) : file.readUInt16LE(8));
  const header = file.subarray(0, start).toString('latin1');
  if (!/'descr': '\|u1'/.test(header)) throw new Error(`${path} does not hold uint8`);
  const shape = header.match(/'shape': \(([^)]*)\)/)[1].split(',').filter((s) => s.trim()).map(Number);
  return { shape, data: new Uint8Array(file.subarray(start)) };
}

// `start` loads the network and returns a function of faces (Uint8Array, their number) that gives the probabilities,
// a Float32Array of 7 for each; `ready`, what else is announced with the first answer, a function or a value each.
async function serve(start, facesFile, ready) {
  const { shape: [count, height, width], data } = readArray(facesFile);
  const size = height * width;
  const some = (from, number) => data.subarray(from * size, (from + number) * size);
  const ask = await start();
  const answer = Array.from(await ask(some(0, 1), 1));
  const known = Object.entries(ready).map(([key, value]) => [key, typeof value === 'function' ? value() : value]);
  say({ answer, ...Object.fromEntries(known) });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const wanted = JSON.parse(line);
    if (wanted.time) {
      const seconds = [];
      for (const index of wanted.time) {
        const before = performance.now();
        await ask(some(index, 1), 1);
        seconds.push((performance.now() - before) / 1000);
      }
      say({ seconds });
    } else if (wanted.batch) {
      const number = Math.min(wanted.batch, count);
      const before = performance.now();
      await ask(some(0, number), number);
      say({ seconds: (performance.now() - before) / 1000, faces: number });
    } else if (wanted.answers) {
      const all = new Float32Array(count * 7);
      for (let i = 0; i < count; i += 64) {
        const number = Math.min(64, count - i);
        all.set(await ask(some(i, number), number), i * 7);
      }
      fs.writeFileSync(wanted.answers, Buffer.from(all.buffer));
      say({ faces: count });
    }
  }
}

// Announce what was found in a whole picture and wait until standard input ends.
async function pictureRead(found) {
  say(found);
  for await (const _ of process.stdin);
}

// Where the packages are that were installed for this program, for files that a library reads itself.
const packageFolder = (name) => `${process.env.NODE_PATH}/${name}`;

// TensorFlow.js on WebAssembly, the quickest way that needs no graphics card and no native library.
async function startWasm(tf, wasm, threads) {
  wasm.setWasmPaths(`${packageFolder('@tensorflow/tfjs-backend-wasm')}/dist/`);
  wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  await tf.ready();
}

module.exports = { serve, pictureRead, readArray, packageFolder, startWasm };
