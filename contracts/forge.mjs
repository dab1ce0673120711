// node forge.mjs [ARGUMENT …]   runs the tests in test/ by forge, an EVM that is not ours, compiled by the pinned compiler
// What it writes goes into a temporary folder.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const solc = createRequire(path.join(process.cwd(), 'package.json')).resolve('solc');
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'flashback-forge-'));
try {
  // forge wants a compiler to start: the one from npm, spoken to through standard input.
  const compiler = path.join(work, 'solc');
  fs.writeFileSync(compiler, `#!/usr/bin/env node
const solc = require(${JSON.stringify(solc)});
if (process.argv.includes('--version')) console.log('Version: ' + solc.version());
else process.stdout.write(solc.compile(require('fs').readFileSync(0, 'utf8')));
`, { mode: 0o755 });
  const folders = ['--root', here, '--out', path.join(work, 'out'), '--cache-path', path.join(work, 'cache'), '--use', compiler];
  const env = { ...process.env, FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: path.join(work, 'fuzz'), FOUNDRY_TEST_FAILURES_FILE: path.join(work, 'failures') };
  const run = spawnSync(path.join(process.cwd(), 'node_modules', '.bin', 'forge'), ['test', ...folders, ...process.argv.slice(2)], { stdio: 'inherit', env });
  if (run.error) throw run.error;
  process.exitCode = run.status ?? 1;
} finally {
  fs.rmSync(work, { recursive: true, force: true });
}
