// Amazon's own client at work on the gateway: node s3.mjs ADDRESS ACCESS-KEY SECRET [--full], in the folder where the packages are installed.
// A line for each thing it did; the first that fails ends it with status 1.
import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const s3 = require('@aws-sdk/client-s3');
const { Upload } = require('@aws-sdk/lib-storage');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');

const [endpoint, accessKeyId, secretAccessKey] = process.argv.slice(2);
const isFull = process.argv.includes('--full');
const settings = { endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } };
const client = new s3.S3Client(settings);
const send = (name, input) => client.send(new s3[`${name}Command`](input));
const read = async answer => Buffer.from(await answer.Body.transformToByteArray());
const fails = async (name, code, action) => {
  const error = await action().then(() => assert.fail(`${name} succeeded`), e => e);
  assert.ok([error.name, error.Code, String(error.$metadata?.httpStatusCode)].includes(code), `${name}: ${error.name} ${error}`);
};
async function step(name, action) {
  try {
    await action();
    console.log(`ok ${name}`);
  } catch (error) {
    console.error(`${name}: ${error.stack ?? error}`);
    process.exit(1);
  }
}

const Bucket = 'sdk-bucket';
const small = Buffer.from('hello gateway');
const md5 = bytes => crypto.createHash('md5').update(bytes).digest('hex');

await step('buckets', async () => {
  await send('CreateBucket', { Bucket });
  await fails('twice', 'BucketAlreadyOwnedByYou', () => send('CreateBucket', { Bucket }));
  await send('HeadBucket', { Bucket });
  assert.ok((await send('ListBuckets', {})).Buckets.some(bucket => bucket.Name === Bucket));
  assert.equal((await send('GetBucketLocation', { Bucket })).LocationConstraint, undefined);
  await fails('absent', 'NotFound', () => send('HeadBucket', { Bucket: 'no-such-bucket' }));
  await fails('absent', 'NoSuchBucket', () => send('ListObjectsV2', { Bucket: 'no-such-bucket' }));
  await fails('name', 'InvalidBucketName', () => send('CreateBucket', { Bucket: 'Upper_Case' }));
});

await step('put, get, head, metadata', async () => {
  const put = await send('PutObject', { Bucket, Key: 'a/ü x+y.txt', Body: small, ContentType: 'text/plain', CacheControl: 'max-age=5', Metadata: { colour: 'blue', two: 'b c' } });
  assert.equal(put.ETag, `"${md5(small)}"`);
  const head = await send('HeadObject', { Bucket, Key: 'a/ü x+y.txt' });
  assert.deepEqual([head.ContentLength, head.ContentType, head.CacheControl, head.Metadata], [small.length, 'text/plain', 'max-age=5', { colour: 'blue', two: 'b c' }]);
  assert.deepEqual(await read(await send('GetObject', { Bucket, Key: 'a/ü x+y.txt', ChecksumMode: 'ENABLED' })), small);
  await fails('absent', 'NoSuchKey', () => send('GetObject', { Bucket, Key: 'absent' }));
  await fails('absent', 'NotFound', () => send('HeadObject', { Bucket, Key: 'absent' }));
  await send('PutObject', { Bucket, Key: 'empty', Body: '' });
  assert.equal((await read(await send('GetObject', { Bucket, Key: 'empty' }))).length, 0);
});

await step('every checksum, and a wrong one', async () => {
  const body = crypto.randomBytes(300_000);
  for (const ChecksumAlgorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256']) {
    let put;
    try {
      put = await send('PutObject', { Bucket, Key: 'checked', Body: body, ChecksumAlgorithm });
    } catch (error) {
      if (ChecksumAlgorithm === 'CRC64NVME' && /crt/i.test(String(error))) continue; // the client needs native code for it
      throw error;
    }
    const head = await send('HeadObject', { Bucket, Key: 'checked', ChecksumMode: 'ENABLED' });
    assert.equal(head[`Checksum${ChecksumAlgorithm}`], put[`Checksum${ChecksumAlgorithm}`]);
    assert.ok(head[`Checksum${ChecksumAlgorithm}`]);
    assert.deepEqual(await read(await send('GetObject', { Bucket, Key: 'checked', ChecksumMode: 'ENABLED' })), body);
  }
  await send('PutObject', { Bucket, Key: 'checked', Body: Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]), ContentLength: body.length }); // as a stream, with its checksum after it
  assert.deepEqual(await read(await send('GetObject', { Bucket, Key: 'checked' })), body);
  await fails('wrong', 'BadDigest', () => send('PutObject', { Bucket, Key: 'wrong', Body: body, ChecksumSHA256: crypto.createHash('sha256').update('x').digest('base64') }));
  await fails('wrong', 'BadDigest', () => send('PutObject', { Bucket, Key: 'wrong', Body: body, ContentMD5: crypto.createHash('md5').update('x').digest('base64') }));
  await fails('absent', 'NotFound', () => send('HeadObject', { Bucket, Key: 'wrong' }));
});

await step('ranges and conditions', async () => {
  const body = crypto.randomBytes(3_000_000);
  const { ETag } = await send('PutObject', { Bucket, Key: 'ranged', Body: body });
  const range = async Range => await send('GetObject', { Bucket, Key: 'ranged', Range });
  for (const [Range, from, to] of [['bytes=0-0', 0, 1], ['bytes=1048570-1048590', 1048570, 1048591], ['bytes=2999990-', 2999990, 3000000], ['bytes=-7', 2999993, 3000000], ['bytes=10-99999999', 10, 3000000]]) {
    const answer = await range(Range);
    assert.equal(answer.ContentRange, `bytes ${from}-${to - 1}/3000000`);
    assert.deepEqual(await read(answer), body.subarray(from, to));
  }
  await fails('beyond', 'InvalidRange', () => range('bytes=3000000-'));
  const get = input => send('GetObject', { Bucket, Key: 'ranged', ...input });
  await get({ IfMatch: ETag }).then(read);
  await fails('other', 'PreconditionFailed', () => get({ IfMatch: '"other"' }));
  await fails('same', '304', () => get({ IfNoneMatch: ETag }));
  await fails('same', '304', () => get({ IfModifiedSince: new Date(Date.now() + 60_000) }));
  await fails('older', 'PreconditionFailed', () => get({ IfUnmodifiedSince: new Date(0) }));
  await fails('there', 'PreconditionFailed', () => send('PutObject', { Bucket, Key: 'ranged', Body: 'x', IfNoneMatch: '*' }));
  await send('PutObject', { Bucket, Key: 'fresh', Body: 'x', IfNoneMatch: '*' });
  await send('PutObject', { Bucket, Key: 'ranged', Body: body, IfMatch: ETag });
});

await step('lists', async () => {
  for (let i = 0; i < 25; i++) await send('PutObject', { Bucket, Key: `list/${i % 5}/${String(i).padStart(2, '0')}`, Body: `${i}` });
  const keys = [];
  for await (const page of s3.paginateListObjectsV2({ client, pageSize: 7 }, { Bucket, Prefix: 'list/' })) keys.push(...page.Contents.map(entry => entry.Key));
  assert.equal(keys.length, 25);
  assert.deepEqual(keys, [...keys].sort());
  const folders = await send('ListObjectsV2', { Bucket, Prefix: 'list/', Delimiter: '/', MaxKeys: 3 });
  assert.deepEqual([folders.CommonPrefixes.map(entry => entry.Prefix), folders.IsTruncated, folders.KeyCount], [['list/0/', 'list/1/', 'list/2/'], true, 3]);
  const rest = await send('ListObjectsV2', { Bucket, Prefix: 'list/', Delimiter: '/', ContinuationToken: folders.NextContinuationToken });
  assert.deepEqual(rest.CommonPrefixes.map(entry => entry.Prefix), ['list/3/', 'list/4/']);
  assert.equal((await send('ListObjectsV2', { Bucket, StartAfter: 'list/4/19' })).Contents[0].Key, 'list/4/24');
  const first = await send('ListObjects', { Bucket, Prefix: 'list/', MaxKeys: 20 });
  assert.equal((await send('ListObjects', { Bucket, Prefix: 'list/', Marker: first.NextMarker ?? first.Contents.at(-1).Key })).Contents.length, 5);
  assert.equal((await send('ListObjects', { Bucket, Prefix: 'a/', EncodingType: 'url' })).Contents[0].Key, 'a/%C3%BC%20x%2By.txt');
});

await step('copies', async () => {
  const CopySource = `${Bucket}/${encodeURIComponent('a/ü x+y.txt')}`;
  await send('CopyObject', { Bucket, Key: 'copy', CopySource });
  assert.equal((await send('HeadObject', { Bucket, Key: 'copy' })).Metadata.colour, 'blue');
  await send('CopyObject', { Bucket, Key: 'copy', CopySource, MetadataDirective: 'REPLACE', Metadata: { colour: 'red' } });
  assert.equal((await send('HeadObject', { Bucket, Key: 'copy' })).Metadata.colour, 'red');
  await fails('onto itself', 'InvalidRequest', () => send('CopyObject', { Bucket, Key: 'copy', CopySource: `/${Bucket}/copy` }));
  await fails('condition', 'PreconditionFailed', () => send('CopyObject', { Bucket, Key: 'copy', CopySource, CopySourceIfMatch: '"x"' }));
  await fails('absent', 'NoSuchKey', () => send('CopyObject', { Bucket, Key: 'copy', CopySource: `${Bucket}/absent` }));
});

await step('uploads in parts', async () => {
  const body = crypto.randomBytes(isFull ? 100_000_000 : 12_000_000);
  const done = await new Upload({ client, partSize: 5 << 20, queueSize: 4, params: { Bucket, Key: 'parts', Body: Readable.from(body) } }).done();
  assert.match(done.ETag, /^"[0-9a-f]{32}-\d+"$/);
  assert.deepEqual(await read(await send('GetObject', { Bucket, Key: 'parts' })), body);
  const part = await send('GetObject', { Bucket, Key: 'parts', PartNumber: 2 });
  assert.deepEqual(await read(part), body.subarray(5 << 20, 10 << 20));
  const { UploadId } = await send('CreateMultipartUpload', { Bucket, Key: 'manual' });
  const copied = await send('UploadPartCopy', { Bucket, Key: 'manual', UploadId, PartNumber: 1, CopySource: `${Bucket}/parts`, CopySourceRange: 'bytes=1-5242880' });
  const last = await send('UploadPart', { Bucket, Key: 'manual', UploadId, PartNumber: 2, Body: small });
  assert.deepEqual((await send('ListParts', { Bucket, Key: 'manual', UploadId })).Parts.map(entry => [entry.PartNumber, entry.Size]), [[1, 5242880], [2, small.length]]);
  assert.equal((await send('ListMultipartUploads', { Bucket })).Uploads[0].UploadId, UploadId);
  const complete = Parts => send('CompleteMultipartUpload', { Bucket, Key: 'manual', UploadId, MultipartUpload: { Parts } });
  const parts = [{ PartNumber: 1, ETag: copied.CopyPartResult.ETag }, { PartNumber: 2, ETag: last.ETag }];
  await fails('order', 'InvalidPartOrder', () => complete([...parts].reverse()));
  await fails('other', 'InvalidPart', () => complete([parts[0], { PartNumber: 2, ETag: '"0"' }]));
  await complete(parts);
  assert.deepEqual(await read(await send('GetObject', { Bucket, Key: 'manual' })), Buffer.concat([body.subarray(1, 5242881), small]));
  await fails('completed', 'NoSuchUpload', () => complete(parts));
  const aborted = await send('CreateMultipartUpload', { Bucket, Key: 'aborted' });
  await send('UploadPart', { Bucket, Key: 'aborted', UploadId: aborted.UploadId, PartNumber: 1, Body: small });
  await send('AbortMultipartUpload', { Bucket, Key: 'aborted', UploadId: aborted.UploadId });
  await fails('aborted', 'NoSuchUpload', () => send('ListParts', { Bucket, Key: 'aborted', UploadId: aborted.UploadId }));
});

await step('presigned', async () => {
  const put = await getSignedUrl(client, new s3.PutObjectCommand({ Bucket, Key: 'presigned', ContentType: 'text/plain' }), { expiresIn: 60 });
  assert.equal((await fetch(put, { method: 'PUT', body: small, headers: { 'content-type': 'text/plain' } })).status, 200);
  const get = await getSignedUrl(client, new s3.GetObjectCommand({ Bucket, Key: 'presigned', ResponseContentDisposition: 'attachment; filename="x"' }), { expiresIn: 60 });
  const answer = await fetch(get);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), small);
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="x"');
  assert.equal((await fetch(get.replace('presigned?', 'manual?'))).status, 403);
  assert.equal((await fetch(get.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'))).status, 403);
});

await step('what is refused', async () => {
  const other = new s3.S3Client({ ...settings, credentials: { accessKeyId, secretAccessKey: 'wrong' } });
  await fails('secret', 'SignatureDoesNotMatch', () => other.send(new s3.ListBucketsCommand({})));
  const stranger = new s3.S3Client({ ...settings, credentials: { accessKeyId: 'STRANGER', secretAccessKey } });
  await fails('key', 'InvalidAccessKeyId', () => stranger.send(new s3.ListBucketsCommand({})));
  await fails('acl', 'NotImplemented', () => send('PutObject', { Bucket, Key: 'x', Body: 'x', ACL: 'public-read' }));
  await fails('tags', 'NotImplemented', () => send('GetObjectTagging', { Bucket, Key: 'copy' }));
  await fails('encryption', 'NotImplemented', () => send('PutObject', { Bucket, Key: 'x', Body: 'x', ServerSideEncryption: 'AES256' }));
  await fails('class', 'InvalidStorageClass', () => send('PutObject', { Bucket, Key: 'x', Body: 'x', StorageClass: 'GLACIER' }));
  assert.equal((await send('GetBucketVersioning', { Bucket })).Status, undefined);
});

await step('deletions', async () => {
  await send('DeleteObject', { Bucket, Key: 'copy' });
  await send('DeleteObject', { Bucket, Key: 'copy' });
  await fails('full', 'BucketNotEmpty', () => send('DeleteBucket', { Bucket }));
  for await (const page of s3.paginateListObjectsV2({ client }, { Bucket })) {
    const { Deleted } = await send('DeleteObjects', { Bucket, Delete: { Objects: page.Contents.map(({ Key }) => ({ Key })) } });
    assert.equal(Deleted.length, page.Contents.length);
  }
  await send('DeleteBucket', { Bucket });
});
