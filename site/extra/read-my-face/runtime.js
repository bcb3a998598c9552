// Networks in the browser: the WebAssembly of LiteRT.js, one thread, no special headers.
//
// Its own `Tensor` knows float32, int32 and uint8 alone, and the shipped networks take and give int8. So the WebAssembly
// is spoken to directly, by the calls that LiteRT.js itself makes; its version is pinned in tools/make_reader.py.

// A module of one function that uses relaxed SIMD: valid where the quicker build runs (the probe of LiteRT.js).
const RELAXED = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1,
  253, 15, 65, 2, 253, 15, 253, 128, 2, 11]);

function addScript({ file, integrity }) {
  return new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: file, integrity, onload: done });
    script.onerror = () => failed(new Error(`${file} could not be loaded`));
    document.head.append(script);
  });
}

// The bytes of a file. The browser refuses one whose content is not the one that `integrity` names.
export async function fetched({ file, integrity }) {
  const answer = await fetch(file, integrity ? { integrity } : {});
  if (!answer.ok) throw new Error(`${file} could not be loaded (${answer.status})`);
  return answer;
}

// WebAssembly that came packed: a third of its size on the way, whatever the server does.
async function unpacked(known) {
  const bytes = (await fetched(known)).body.pipeThrough(new DecompressionStream("gzip"));
  return new Response(bytes, { headers: { "Content-Type": "application/wasm" } });
}

// A function that makes networks. `runtimes`: the files of the quick build and of the one for older browsers.
export async function openRuntime({ quick, compatible }) {
  const { script, wasm: binary } = WebAssembly.validate(RELAXED) ? quick : compatible;
  const coming = unpacked(binary);
  await addScript(script);
  const hear = console.debug; // notes at its start, reasons where something fails: nothing for a reader
  const wasm = await new Promise((done, failed) => {
    const instantiateWasm = (imports, use) => {
      WebAssembly.instantiateStreaming(coming, imports).then(({ instance, module }) => use(instance, module), failed);
      return {};
    };
    self.ModuleFactory({ instantiateWasm, print: hear, printErr: hear }).then(done, failed);
  });
  wasm.setupLogging();
  const environment = wasm.LiteRtEnvironment.create(null); // null: no graphics card
  const { READ, WRITE } = wasm.LiteRtTensorBufferLockMode;

  // A network from the bytes of its file: a function from the values of its input (an array of the input's own type) to
  // the bytes of its outputs, one Uint8Array each.
  return async function network(bytes) {
    const place = wasm._malloc(bytes.length); // stays for as long as the network does
    wasm.HEAPU8.set(bytes, place);
    const model = wasm.loadModel(environment, place, bytes.length);
    const compiled = await wasm.compileModel(environment, model, { environment: { liteRtEnvironment: environment },
      accelerator: "wasm", cpuOptions: { numThreads: 1 }, gpuOptions: {}, webNNOptions: {} });
    const type = model.getInputTensorType(0, 0);
    const input = wasm.LiteRtTensorBuffer.createManaged(environment, wasm.LiteRtTensorBufferType.HOST_MEMORY, type,
      type.bytes());
    const size = type.bytes();
    type.delete();
    return function ask(values) {
      if (values.byteLength !== size) throw new Error(`expected ${size} bytes, got ${values.byteLength}`);
      wasm.HEAPU8.set(new Uint8Array(values.buffer, values.byteOffset, size), input.lock(WRITE));
      input.unlock();
      return compiled.run(0, [input]).map((output) => {
        const start = output.lock(READ);
        const copy = wasm.HEAPU8.slice(start, start + output.packedSize());
        output.unlock();
        output.delete();
        return copy;
      });
    };
  };
}
