using Flashback.Cryptography.Bls12381;
using Flashback.Cryptography.Curves;
using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
using Fp2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>;

namespace Flashback.Execution;

/// <summary>The first group of BLS12-381 and its prices. spec: EIP-2537</summary>
internal readonly struct Bls12381G1 : IBls12381Group<Fp, G1Curve>
{
    public static int Size => FpEncoding.Size;

    public static long AdditionGas => 375;

    public static long MultiplicationGas => 12_000;

    public static long MapGas => 5500;

    public static ReadOnlySpan<ushort> Discounts =>
    [
        1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677,
        673, 669, 665, 661, 658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627,
        625, 623, 621, 619, 617, 615, 613, 611, 609, 608, 606, 604, 603, 601, 599, 598,
        596, 595, 593, 592, 591, 589, 588, 586, 585, 584, 582, 581, 580, 579, 577, 576,
        575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563, 562, 561, 560, 559,
        558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545, 544,
        543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531,
        530, 529, 528, 528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
    ];

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Fp element) => FpEncoding.TryDecode(bytes, out element);

    public static void Encode(in Fp element, Span<byte> bytes) => FpEncoding.Encode(element, bytes);

    public static bool IsInSubgroup(in AffinePoint<Fp, G1Curve> point) => G1.IsInSubgroup(point);

    public static JacobianPoint<Fp, G1Curve> Map(in Fp element) => HashToCurve.MapToG1(element);
}

/// <summary>The second group of BLS12-381 and its prices. spec: EIP-2537</summary>
internal readonly struct Bls12381G2 : IBls12381Group<Fp2, G2Curve>
{
    public static int Size => Fp2Encoding.Size;

    public static long AdditionGas => 600;

    public static long MultiplicationGas => 22_500;

    public static long MapGas => 23_800;

    public static ReadOnlySpan<ushort> Discounts =>
    [
        1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717,
        711, 704, 699, 693, 688, 683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646,
        643, 640, 637, 634, 632, 629, 627, 624, 622, 620, 618, 615, 613, 611, 609, 607,
        606, 604, 602, 600, 598, 597, 595, 593, 592, 590, 589, 587, 586, 584, 583, 582,
        580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567, 566, 565, 563, 562,
        561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548, 547,
        546, 545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535,
        534, 533, 532, 532, 531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
    ];

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Fp2 element) => Fp2Encoding.TryDecode(bytes, out element);

    public static void Encode(in Fp2 element, Span<byte> bytes) => Fp2Encoding.Encode(element, bytes);

    public static bool IsInSubgroup(in AffinePoint<Fp2, G2Curve> point) => G2.IsInSubgroup(point);

    public static JacobianPoint<Fp2, G2Curve> Map(in Fp2 element) => HashToCurve.MapToG2(element);
}
