global using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
global using Fp12 = Flashback.Cryptography.Fields.Fp12<
    Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>, Flashback.Cryptography.Bls12381.Tower>;
global using Fp2 = Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>;
global using Fp6 = Flashback.Cryptography.Fields.Fp6<
    Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>, Flashback.Cryptography.Bls12381.Tower>;
global using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;
global using G1Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>, Flashback.Cryptography.Bls12381.G1Curve>;
global using G1Point = Flashback.Cryptography.Curves.JacobianPoint<
    Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>, Flashback.Cryptography.Bls12381.G1Curve>;
global using G2Affine = Flashback.Cryptography.Curves.AffinePoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>,
    Flashback.Cryptography.Bls12381.G2Curve>;
global using G2Point = Flashback.Cryptography.Curves.JacobianPoint<
    Flashback.Cryptography.Fields.Fp2<Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>>,
    Flashback.Cryptography.Bls12381.G2Curve>;
