using BenchmarkDotNet.Attributes;
using Flashback.Cryptography;
using Flashback.Primitives;

namespace Flashback.Benchmarks.Cryptography;

/// <summary>Blobs and cells. Target: one blob proof verified in 8 ms.</summary>
[MemoryDiagnoser]
public class KzgBenchmarks
{
    private readonly byte[] _blob = new byte[Kzg.BlobSize];
    private readonly byte[] _cells = new byte[KzgCells.CellsPerBlob * KzgCells.CellSize];
    private readonly Bytes48[] _proofs = new Bytes48[KzgCells.CellsPerBlob];
    private Bytes48 _commitment;
    private Bytes48 _proof;
    private ReadOnlyMemory<byte>[] _sixBlobs = null!;
    private Bytes48[] _sixCommitments = null!;
    private Bytes48[] _sixProofs = null!;
    private ReadOnlyMemory<byte>[] _all = null!;
    private Bytes48[] _sameCommitment = null!;
    private ulong[] _indices = null!;

    [GlobalSetup]
    public void Fill()
    {
        for (int i = 0; i < _blob.Length; i += 32)
            Keccak.Hash256([(byte)(i >> 5), (byte)(i >> 13)]).AsSpan()[1..].CopyTo(_blob.AsSpan(i + 1));
        Kzg.TryBlobToCommitment(_blob, out _commitment, out _);
        Kzg.TryComputeBlobProof(_blob, _commitment, out _proof, out _);
        KzgCells.TryComputeCellsAndProofs(_blob, _cells, _proofs, out _);
        _sixBlobs = [_blob, _blob, _blob, _blob, _blob, _blob];
        _sixCommitments = [_commitment, _commitment, _commitment, _commitment, _commitment, _commitment];
        _sixProofs = [_proof, _proof, _proof, _proof, _proof, _proof];
        _indices = [.. Enumerable.Range(0, KzgCells.CellsPerBlob).Select(i => (ulong)i)];
        _all = [.. Enumerable.Range(0, KzgCells.CellsPerBlob).Select(i => (ReadOnlyMemory<byte>)_cells.AsMemory(i * KzgCells.CellSize, KzgCells.CellSize))];
        _sameCommitment = [.. Enumerable.Repeat(_commitment, KzgCells.CellsPerBlob)];
    }

    [Benchmark] public bool BlobToCommitment() => Kzg.TryBlobToCommitment(_blob, out _, out _);
    [Benchmark] public bool ComputeBlobProof() => Kzg.TryComputeBlobProof(_blob, _commitment, out _, out _);
    [Benchmark] public bool VerifyBlobProof() => Kzg.VerifyBlobProof(_blob, _commitment, _proof, out _);
    [Benchmark] public bool VerifySixBlobProofs() => Kzg.VerifyBlobProofBatch(_sixBlobs, _sixCommitments, _sixProofs, out _);
    [Benchmark] public bool ComputeCells() => KzgCells.TryComputeCells(_blob, _cells, out _);
    [Benchmark] public bool ComputeCellsAndProofs() => KzgCells.TryComputeCellsAndProofs(_blob, _cells, _proofs, out _);
    [Benchmark] public bool Verify128Cells() => KzgCells.VerifyCellProofBatch(_sameCommitment, _indices, _all, _proofs, out _);
}
