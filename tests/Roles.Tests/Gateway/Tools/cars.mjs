// UnixFS and archives by those who wrote them: node cars.mjs FOLDER OUT, in the folder where the packages are installed.
// For each entry of FOLDER, a file or a folder: its root on a line, and OUT/NAME.car: the root, and below each node what it links to, each block once.
import fs from 'node:fs';
import path from 'node:path';

const load = file => import(path.join(process.cwd(), 'node_modules', file));
const { importer } = await load('ipfs-unixfs-importer/dist/src/index.js');
const { MemoryBlockstore } = await load('blockstore-core/dist/src/index.js');
const { CarWriter } = await load('@ipld/car/src/index.js');
const dagPb = await load('@ipld/dag-pb/src/index.js');

const [folder, out] = process.argv.slice(2);
function* entries(at, under) {
  for (const name of fs.readdirSync(at).sort()) {
    const full = path.join(at, name);
    if (fs.statSync(full).isDirectory()) {
      yield { path: `${under}/${name}` };
      yield* entries(full, `${under}/${name}`);
    } else {
      yield { path: `${under}/${name}`, content: fs.createReadStream(full) };
    }
  }
}
async function bytesOf(block) {
  if (block instanceof Uint8Array) return block;
  const parts = [];
  for await (const part of block) parts.push(part);
  return Buffer.concat(parts);
}
for (const name of fs.readdirSync(folder).sort()) {
  const full = path.join(folder, name);
  const blocks = new MemoryBlockstore();
  const source = fs.statSync(full).isDirectory() ? [{ path: name }, ...entries(full, name)] : [{ content: fs.createReadStream(full) }];
  let root;
  for await (const entry of importer(source, blocks, { profile: 'unixfs-v1-2025' })) root = entry.cid;
  const { writer, out: archive } = CarWriter.create([root]);
  const file = fs.createWriteStream(path.join(out, `${name}.car`));
  const writing = (async () => {
    for await (const part of archive) file.write(part);
    await new Promise(done => file.end(done));
  })();
  const shown = new Set();
  const open = [root];
  while (open.length > 0) {
    const cid = open.pop();
    if (shown.has(cid.toString())) continue;
    shown.add(cid.toString());
    const bytes = await bytesOf(await blocks.get(cid));
    await writer.put({ cid, bytes });
    if (cid.code === dagPb.code) open.push(...dagPb.decode(bytes).Links.map(link => link.Hash).reverse());
  }
  await writer.close();
  await writing;
  console.log(`${name} ${root}`);
}
