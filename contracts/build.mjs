// node build.mjs [FOLDER]   compiles src/*.sol and src/examples/*.sol and writes an artefact for each contract, into artifacts/ or FOLDER
// The compiler is pinned by package-lock.json; metadata is left out, so that the bytes depend on the sources alone.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

// The packages are in the working folder, which need not be this one.
const solc = createRequire(path.join(process.cwd(), 'package.json'))('solc');
const here = path.dirname(fileURLToPath(import.meta.url));
const sources = path.join(here, 'src');
const target = path.resolve(process.argv[2] ?? path.join(here, 'artifacts'));

const read = name => fs.readFileSync(path.join(sources, name), 'utf8').replaceAll('\r\n', '\n');
const names = fs.readdirSync(sources, { recursive: true }).map(name => name.replaceAll('\\', '/')).filter(name => name.endsWith('.sol')).sort();
const input = {
  language: 'Solidity',
  sources: Object.fromEntries(names.map(name => [name, { content: read(name) }])),
  settings: {
    evmVersion: 'cancun',
    optimizer: { enabled: true, runs: 50 },
    viaIR: true,
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '': ['ast'], '*': ['abi', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'] } },
  },
};

const output = JSON.parse(solc.compile(JSON.stringify(input)));
for (const found of output.errors ?? []) console.error(found.formattedMessage);
if (output.errors?.length) process.exit(1); // warnings too

/** Immutables by name, each with the places of its 32-byte words in the code: who writes a genesis puts the network's values there. */
function immutablesOf(references) {
  const names = new Map();
  const visit = node => {
    if (node === null || typeof node !== 'object') return;
    if (node.nodeType === 'VariableDeclaration') names.set(String(node.id), node.name);
    Object.values(node).forEach(visit);
  };
  Object.values(output.sources).forEach(source => visit(source.ast));
  return Object.fromEntries(Object.entries(references).map(([id, places]) => [names.get(id), places.map(place => place.start)]).sort());
}

/** One line for each entry of the interface, so that changes can be read. */
const write = ({ contract, abi, immutables, runtime }) => `{
"contract": "${contract}",
"compiler": "${solc.version()}",
"abi": [
${abi.map(entry => JSON.stringify(entry)).join(',\n')}
],
"immutables": ${JSON.stringify(immutables)},
"runtime": "0x${runtime}"
}
`;

const mostBytes = 24_576; // EIP-170
fs.mkdirSync(target, { recursive: true });
for (const [file, contracts] of Object.entries(output.contracts)) {
  for (const [name, { abi, evm }] of Object.entries(contracts)) {
    const runtime = evm.deployedBytecode.object;
    if (file !== `${name}.sol` && file !== `examples/${name}.sol`) continue; // interfaces, and what the contracts are put together from
    if (runtime.length / 2 > mostBytes) throw new Error(`${name} has ${runtime.length / 2} bytes of code, more than ${mostBytes}`);
    const immutables = immutablesOf(evm.deployedBytecode.immutableReferences ?? {});
    fs.writeFileSync(path.join(target, `${name}.json`), write({ contract: name, abi, immutables, runtime }));
    console.log(`${name}: ${runtime.length / 2} bytes`);
  }
}
