#!/usr/bin/env node
// The Solidity compiler from npm, with the command line of the native one as far as forge uses it: --version, and --standard-json from standard input to standard output.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// The packages are in the folder that the tests name, not beside this script.
const solc = createRequire(path.join(process.env.FLASHBACK_NODE_TOOLS, 'package.json'))('solc');

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version().replace(/\.Emscripten.*/, '.Linux.g++')}`);
} else if (process.argv.includes('--standard-json')) {
  const output = solc.compile(fs.readFileSync(0, 'utf8'), { import: file => ({ error: `${file} is not among the sources` }) });
  process.stdout.write(output);
} else {
  console.error('solc: only --version and --standard-json');
  process.exit(2);
}
