// cc -O2 -o /tmp/secp256k1 benchmarks/peers/secp256k1.c -lsecp256k1 && /tmp/secp256k1
// libsecp256k1 (Debian: libsecp256k1-dev) on what EcdsaBenchmarks measures. Prints one JSON line per figure: least CPU time of seven rounds.
#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OPERATIONS = 2000, ROUNDS = 7 };

static secp256k1_context *context;
static unsigned char secret[32], message[32];
static secp256k1_pubkey key;
static secp256k1_ecdsa_signature signature;
static secp256k1_ecdsa_recoverable_signature recoverable;

static void require(int holds) { if (!holds) abort(); }
static void sign(void) { require(secp256k1_ecdsa_sign_recoverable(context, &recoverable, message, secret, NULL, NULL)); }
static void verify(void) { require(secp256k1_ecdsa_verify(context, &signature, message, &key)); }
static void recover(void) { secp256k1_pubkey found; require(secp256k1_ecdsa_recover(context, &found, &recoverable, message)); }

static double microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static void measure(const char *operation, void (*run)(void))
{
    double least = 1e300;
    for (int round = 0; round < ROUNDS; round++) {
        double start = microseconds();
        for (int i = 0; i < OPERATIONS; i++) run();
        double each = (microseconds() - start) / OPERATIONS;
        if (each < least) least = each;
    }
    printf("{\"bench\":\"ecdsa\",\"peer\":\"libsecp256k1\",\"operation\":\"%s\",\"us_cpu_min\":%.2f}\n", operation, least);
}

int main(void)
{
    context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    for (int i = 0; i < 32; i++) { secret[i] = i + 1; message[i] = 255 - i; }
    require(secp256k1_ec_pubkey_create(context, &key, secret));
    sign();
    require(secp256k1_ecdsa_recoverable_signature_convert(context, &signature, &recoverable));
    measure("sign", sign);
    measure("verify", verify);
    measure("recover", recover);
    secp256k1_context_destroy(context);
    return 0;
}
