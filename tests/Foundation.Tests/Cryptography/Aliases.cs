global using Fp = Flashback.Cryptography.Fields.Montgomery384<Flashback.Cryptography.Bls12381.FpModulus>;
global using Fr = Flashback.Cryptography.Fields.Montgomery256<Flashback.Cryptography.Bls12381.FrModulus>;
